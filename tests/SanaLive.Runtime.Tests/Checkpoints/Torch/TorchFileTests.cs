using System.IO.Compression;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Torch;
using PickleWriter = SanaLive.Runtime.Tests.Checkpoints.Torch.TorchWriter.PickleWriter;

namespace SanaLive.Runtime.Tests.Checkpoints.Torch;

public sealed class TorchFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Open_WhatPyTorchWrote_FindsItsWeightsUnderStateDict()
    {
        using var file = TorchFile.Open(Path.Combine(Repository.Root, "tests/SanaLive.Runtime.Tests/Checkpoints/Torch/pytorch-1.13.pth"));
        Assert.Equal("state_dict", file.Wrapper);
        var entry = Assert.Single(file.Tensors).Value;
        Assert.Equal(TensorType.BF16, entry.Type);
        Assert.Equal([2, 3], entry.Shape);
        Assert.Equal([0f, 1, 2, 3, 4, 5], file.ReadFloats(entry));
        Assert.Equal([0x0000, 0x3F80, 0x4000, 0x4040, 0x4080, 0x40A0], file.ReadBFloat16(entry).ToArray());
    }

    [Fact]
    public void ReadFloats_OfEveryFormatOfWeights_GivesTheNumbers()
    {
        var path = Pickle(
            p => p.Raw("}(").Text("d").Tensor("DoubleStorage", "0", 1, 0, [1], [1]).Text("h").Tensor("HalfStorage", "1", 1, 0, [], []).Text("n").Tensor("LongStorage", "2", 1, 0, [1], [1]).Raw("u"),
            BitConverter.GetBytes(0.5), BitConverter.GetBytes((Half)(-2f)), BitConverter.GetBytes(7L));
        using var file = TorchFile.Open(path);
        Assert.Equal([0.5f], file.ReadFloats(file.Tensors["d"]));
        Assert.Equal([-2f], file.ReadFloats(file.Tensors["h"]));
        Assert.Contains("is I64", Assert.Throws<CheckpointException>(() => file.ReadFloats(file.Tensors["n"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadFloats_OfAViewWithStridesAndAnOffset_GathersIt()
    {
        // Numbers 0 to 6; the view begins at 1 and is the transpose of 2 rows of 3.
        var path = Pickle(p => p.Raw("}").Text("t").Tensor("FloatStorage", "0", 7, 1, [3, 2], [1, 3]).Raw("s"), Floats(0, 1, 2, 3, 4, 5, 6));
        using var file = TorchFile.Open(path);
        Assert.Equal([1f, 4, 2, 5, 3, 6], file.ReadFloats(file.Tensors["t"]));
    }

    [Theory]
    [InlineData("cos\nsystem\nX\u0004\u0000\u0000\u0000true\u0085R", "names os.system")]
    [InlineData("cbuiltins\neval\n", "names builtins.eval")]
    [InlineData("ctorch\nsave\n", "names torch.save")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v3\n", "names torch._utils._rebuild_tensor_v3")]
    [InlineData("X\u0002\u0000\u0000\u0000osX\u0006\u0000\u0000\u0000system\u0093", "names os.system")]
    [InlineData("(ios\nsystem\n", "instruction INST")]
    [InlineData("ccollections\nOrderedDict\n)\u0081", "instruction NEWOBJ")]
    [InlineData("\u0082\u0001", "instruction EXT1")]
    [InlineData("P1\n", "instruction PERSID")]
    [InlineData("B\u0001\u0000\u0000\u0000x", "instruction BINBYTES")]
    [InlineData("I1\n", "instruction INT")]
    [InlineData("\u0001", "the byte 0x01")]
    [InlineData("ccollections\nOrderedDict\n(K\u0001tR", "makes an OrderedDict of something")]
    [InlineData("ctorch\nFloatStorage\n)R", "calls a storage's class")]
    [InlineData("K\u0001)R", "calls what is no name")]
    [InlineData("}}b", "sets attributes")]
    [InlineData("}(K\u0001K\u0002K\u0003u", "a key without a value")]
    [InlineData("})K\u0001s", "a key that is neither")]
    [InlineData("h\u0007", "recalls the value 7")]
    [InlineData("t", "a mark that was never set")]
    [InlineData("(R", "takes a value where there is none")]
    [InlineData("X\u00ff\u00ff\u00ff\u00ffx", "is cut off")]
    [InlineData("\u008a\u0009\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001", "a whole number of 9 bytes")]
    [InlineData("K\u0001Q", "refers to something outside")]
    [InlineData("\u0080\u0001", "of protocol 1")]
    [InlineData("}}", "ends with 2 values")]
    [InlineData("K\u0001", "holds no dict")]
    [InlineData("}", "holds no tensors")]
    public void Open_APickleThatSaysAnythingElse_IsRefusedByName(string pickle, string expected) => Refuses(Pickle(p => p.Raw(pickle)), expected);

    [Fact]
    public void Open_ADictionaryThatHoldsItself_EndsAndHoldsNoTensors() => Refuses(Pickle(p => p.Raw("}q\u0000").Text("self").Raw("h\u0000s")), "holds no tensors");

    [Fact]
    public void Open_AMillionNestedTuples_Ends() => Refuses(Pickle(p => p.Raw(")" + new string('\u0085', 1_000_000))), "holds no dict");

    [Fact]
    public void Open_ListsThatDoubleFortyTimes_TakeNoMemory() =>
        Refuses(Pickle(p => p.Raw("]q\u0000" + string.Concat(Enumerable.Repeat("]q\u0001(h\u0000h\u0000eq\u0000", 40)))), "ends with");

    [Theory]
    [InlineData(2, -1, new[] { 1 }, new[] { 1L }, "not within the 2 numbers")]
    [InlineData(2, 0, new[] { 3 }, new[] { 1L }, "not within the 2 numbers")]
    [InlineData(2, 1, new[] { 2 }, new[] { 1L }, "not within the 2 numbers")]
    [InlineData(2, 0, new[] { 2, 2 }, new[] { 2L, 1L }, "not within the 2 numbers")]
    [InlineData(2, 0, new[] { 1 << 30 }, new[] { 0L }, "1073741824 numbers of a storage of 2")]
    [InlineData(2, 0, new[] { int.MaxValue, int.MaxValue, int.MaxValue }, new[] { 0L, 0L, 0L }, "numbers of a storage of 2")]
    [InlineData(2, 0, new[] { 2 }, new[] { long.MaxValue }, "not within the 2 numbers")]
    [InlineData(2, 0, new[] { 2 }, new[] { -1L }, "the shape or strides [-1]")]
    [InlineData(2, 0, new[] { -2 }, new[] { 1L }, "the shape or strides [-2]")]
    [InlineData(2, 0, new[] { 2 }, new[] { 1L, 1L }, "something else than a storage")]
    [InlineData(3, 0, new[] { 3 }, new[] { 1L }, "has 8 bytes in a/data/0; t needs 3")]
    [InlineData(1, 0, new[] { 1 }, new[] { 1L }, "has 8 bytes in a/data/0; t needs 1")]
    [InlineData(-1, 0, new[] { 0 }, new[] { 1L }, "a storage 0 of -1 numbers")]
    [InlineData(long.MaxValue, 0, new[] { 1 }, new[] { 1L }, "has 8 bytes in a/data/0")]
    public void Open_ATensorThatReachesOutOfItsStorage_IsRefused(long count, long offset, int[] shape, long[] strides, string expected) =>
        Refuses(Pickle(p => p.Raw("}").Text("t").Tensor("FloatStorage", "0", count, offset, shape, strides).Raw("s"), Floats(1, 2)), expected);

    [Fact]
    public void Open_AStorageThatIsNotInTheArchive_IsNamed() =>
        Refuses(Pickle(p => p.Raw("}").Text("t").Tensor("FloatStorage", "../../etc/passwd", 1, 0, [1], [1]).Raw("s"), Floats(1)), "no record a/data/../../etc/passwd");

    [Fact]
    public void Open_ACompressedArchive_IsRefusedUnopened()
    {
        var path = folder.File("bomb.pth");
        TorchWriter.WriteZip(path, [("a/data.pkl", new byte[10_000_000])], CompressionLevel.SmallestSize);
        Refuses(path, "a/data.pkl is compressed");
    }

    [Fact]
    public void Open_RecordsThatLieOnTopOfEachOther_AreRefused()
    {
        var path = folder.File("overlap.pth");
        TorchWriter.WriteZip(path, [("a/data.pkl", new byte[64]), ("a/data.pkm", new byte[64])]);
        var bytes = File.ReadAllBytes(path);
        // The second entry of the directory names the first one's place.
        var second = Find(bytes, 0x02014b50, 1);
        BitConverter.GetBytes(0).CopyTo(bytes, second + 42);
        bytes[second + 46 + "a/data.pk".Length] = (byte)'l';
        File.WriteAllBytes(path, bytes);
        Refuses(path, "is in it twice");
        bytes[second + 46 + "a/data.pk".Length] = (byte)'m';
        bytes[30 + "a/data.pk".Length] = (byte)'m';
        File.WriteAllBytes(path, bytes);
        Refuses(path, "another name where it lies");
        // Longer than it is: it would reach into the second.
        bytes[30 + "a/data.pk".Length] = (byte)'l';
        BitConverter.GetBytes(Find(bytes, 0x04034b50, 1)).CopyTo(bytes, second + 42);
        var first = Find(bytes, 0x02014b50, 0);
        BitConverter.GetBytes(80).CopyTo(bytes, first + 20);
        BitConverter.GetBytes(80).CopyTo(bytes, first + 24);
        File.WriteAllBytes(path, bytes);
        Refuses(path, "overlaps a/data.pkl");
    }

    [Fact]
    public void Open_CutAnywhere_IsRefused()
    {
        var path = Pickle(p => p.Raw("}").Text("t").Tensor("FloatStorage", "0", 2, 0, [2], [1]).Raw("s"), Floats(1, 2));
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<CheckpointException>(() => TorchFile.Open(path));
        }
    }

    [Fact]
    public void Open_WithAnyByteChanged_EitherReadsOrRefusesAndNothingElse()
    {
        var path = Pickle(p => p.Raw("}").Text("t").Tensor("FloatStorage", "0", 2, 0, [2], [1]).Raw("s"), Floats(1, 2));
        var whole = File.ReadAllBytes(path);
        var random = new Random(3);
        for (var at = 0; at < whole.Length; at++)
        {
            var changed = (byte[])whole.Clone();
            changed[at] = (byte)random.Next(256);
            File.WriteAllBytes(path, changed);
            try
            {
                using var file = TorchFile.Open(path);
                Assert.All(file.Tensors.Values.Where(entry => entry.Type == TensorType.F32), entry => Assert.True(file.ReadFloats(entry).Length <= 2));
            }
            catch (CheckpointException)
            {
            }
        }
    }

    public void Dispose() => folder.Dispose();

    private static int Find(byte[] bytes, uint signature, int number)
    {
        for (var at = 0; ; at++)
        {
            if (BitConverter.ToUInt32(bytes, at) == signature && number-- == 0)
                return at;
        }
    }

    private static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static void Refuses(string path, string expected) =>
        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => TorchFile.Open(path)).Message, StringComparison.Ordinal);

    private string Pickle(Func<PickleWriter, PickleWriter> write, params byte[][] storages)
    {
        var path = folder.File("test.pth");
        TorchWriter.Write(path, write(new PickleWriter().Raw("\u0080\u0002")).Raw("."), storages);
        return path;
    }
}
