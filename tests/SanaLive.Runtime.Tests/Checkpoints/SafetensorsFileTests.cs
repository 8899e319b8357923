using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Open_GoodFile_ReadsEveryFormat()
    {
        var path = folder.File("good.safetensors");
        SafetensorsWriter.Write(
            path,
            """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F16","shape":[1],"data_offsets":[8,10]},"c":{"dtype":"BF16","shape":[1,1],"data_offsets":[10,12]},"d":{"dtype":"I64","shape":[],"data_offsets":[12,20]}}""",
            [.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f), .. BitConverter.GetBytes((Half)0.25), 0x40, 0x40, .. BitConverter.GetBytes(-7L)]);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal([1.5f, -2f], file.ReadFloats(file.Tensors["a"]));
        Assert.Equal([0.25f], file.ReadFloats(file.Tensors["b"]));
        Assert.Equal([3f], file.ReadFloats(file.Tensors["c"]));
        Assert.Equal([-7L], file.ReadIntegers(file.Tensors["d"]));
        Assert.Throws<CheckpointException>(() => file.ReadFloats(file.Tensors["d"]));
    }

    [Theory]
    [InlineData("truncated: b", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 8)]
    [InlineData("b in", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8)]
    [InlineData("overlaps a", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8)]
    [InlineData("4 bytes between", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12)]
    [InlineData("4 bytes after a", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8)]
    [InlineData("a in", """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}}""", 4)]
    [InlineData("impossible offsets", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4)]
    [InlineData("impossible shape", """{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("number format F8", """{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", 4)]
    [InlineData("is F32 [2147483647, 2147483647, 4]", """{"a":{"dtype":"F32","shape":[2147483647,2147483647,4],"data_offsets":[0,4]}}""", 4)]
    [InlineData("names the tensor a twice", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8)]
    [InlineData("header", """{"a":{"dtype":"F32","shape":[1]}}""", 4)]
    [InlineData("header", """[1, 2""", 4)]
    public void Open_HostileHeader_IsRefusedByName(string expected, string header, int dataBytes)
    {
        var path = folder.File("bad.safetensors");
        SafetensorsWriter.Write(path, header, new byte[dataBytes]);
        var error = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(40)]
    public void Open_CutAnywhere_IsRefused(int length)
    {
        var path = folder.File("cut.safetensors");
        SafetensorsWriter.Write(path, """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", new byte[4]);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);
        Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path));
    }

    [Fact]
    public void Open_HeaderLengthBeyondReason_IsRefused()
    {
        var path = folder.File("huge.safetensors");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes(long.MaxValue), 1, 2, 3]);
        Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path));
    }

    public void Dispose() => folder.Dispose();
}
