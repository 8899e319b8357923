using System.Buffers.Binary;
using System.Text;

namespace SanaLive.Runtime.Checkpoints.Torch;

/// <summary>
/// Reads the pickle of a PyTorch checkpoint without running anything: it knows the instructions that make numbers, strings, tuples, lists
/// and dicts, and the few names that make tensors (<see cref="PickleName"/>). Whatever else a pickle can say is refused by its name.
/// No step of it recurses, and what it makes is bounded by the pickle's own length.
/// </summary>
internal ref struct PickleReader
{
    private static readonly Encoding Utf8 = new UTF8Encoding(false, throwOnInvalidBytes: true);
    private static readonly object Marker = new();
    private readonly string source;
    private readonly Stack<object?> stack;
    private readonly Dictionary<uint, object?> memo;
    private ReadOnlySpan<byte> rest;

    private PickleReader(string source, ReadOnlySpan<byte> pickle)
    {
        this.source = source;
        rest = pickle;
        stack = new Stack<object?>();
        memo = [];
    }

    /// <summary>What the pickle holds: null, bool, long, double, string, object[] (a tuple), List, <see cref="PickleDictionary"/>, <see cref="TorchTensor"/>.</summary>
    /// <param name="source">For messages.</param>
    /// <param name="pickle">All of it.</param>
    /// <exception cref="CheckpointException">It is cut off, contradicts itself, or says what is not read here; named.</exception>
    public static object? Read(string source, ReadOnlySpan<byte> pickle)
    {
        try
        {
            return new PickleReader(source, pickle).Run();
        }
        catch (DecoderFallbackException error)
        {
            throw new CheckpointException($"{source} has a name in it that is not UTF-8.", error);
        }
    }

    private object? Run()
    {
        while (true)
        {
            var code = (PickleOpcode)Bytes(1)[0];
            switch (code)
            {
                case PickleOpcode.Stop:
                    return stack.Count == 1 && rest.IsEmpty ? Pop() : throw Bad($"ends with {stack.Count} values and {rest.Length} bytes left over");
                case PickleOpcode.Proto:
                    if (Bytes(1)[0] is var version && version is < 2 or > 5)
                        throw Bad($"is of protocol {version}; 2 to 5 are read");
                    break;
                case PickleOpcode.Frame: Bytes(8); break;
                case PickleOpcode.None: stack.Push(null); break;
                case PickleOpcode.NewTrue: stack.Push(true); break;
                case PickleOpcode.NewFalse: stack.Push(false); break;
                case PickleOpcode.BinInt: stack.Push((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4))); break;
                case PickleOpcode.BinInt1: stack.Push((long)Bytes(1)[0]); break;
                case PickleOpcode.BinInt2: stack.Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2))); break;
                case PickleOpcode.Long1: stack.Push(WholeNumber(Bytes(Bytes(1)[0]))); break;
                case PickleOpcode.BinFloat: stack.Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8))); break;
                case PickleOpcode.BinUnicode: stack.Push(Utf8.GetString(Bytes(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))))); break;
                case PickleOpcode.ShortBinUnicode: stack.Push(Utf8.GetString(Bytes(Bytes(1)[0]))); break;
                case PickleOpcode.Mark: stack.Push(Marker); break;
                case PickleOpcode.EmptyTuple: stack.Push(Array.Empty<object?>()); break;
                case PickleOpcode.Tuple: stack.Push(PopToMark()); break;
                case PickleOpcode.Tuple1: stack.Push(Pop(1)); break;
                case PickleOpcode.Tuple2: stack.Push(Pop(2)); break;
                case PickleOpcode.Tuple3: stack.Push(Pop(3)); break;
                case PickleOpcode.EmptyList: stack.Push(new List<object?>()); break;
                case PickleOpcode.Append: Append(Pop(1)); break;
                case PickleOpcode.Appends: Append(PopToMark()); break;
                case PickleOpcode.EmptyDict: stack.Push(new PickleDictionary()); break;
                case PickleOpcode.SetItem: SetItems(Pop(2)); break;
                case PickleOpcode.SetItems: SetItems(PopToMark()); break;
                case PickleOpcode.BinPut: memo[Bytes(1)[0]] = Peek(); break;
                case PickleOpcode.LongBinPut: memo[BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))] = Peek(); break;
                case PickleOpcode.Memoize: memo[(uint)memo.Count] = Peek(); break;
                case PickleOpcode.BinGet: Recall(Bytes(1)[0]); break;
                case PickleOpcode.LongBinGet: Recall(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))); break;
                case PickleOpcode.Global: stack.Push(Name(Line(), Line())); break;
                case PickleOpcode.StackGlobal: stack.Push(Pop(2) is [string module, string name] ? Name(module, name) : throw Bad("names something with what is no string")); break;
                case PickleOpcode.BinPersId: stack.Push(TorchValues.Storage(source, Pop())); break;
                case PickleOpcode.Reduce: Reduce(); break;
                case PickleOpcode.Build: Build(); break;
                default:
                    throw Bad(Enum.IsDefined(code)
                        ? $"uses the instruction {code.ToString().ToUpperInvariant()}, which no checkpoint of tensors needs"
                        : $"has the byte 0x{(byte)code:x2} where an instruction should be");
            }
        }
    }

    private void Reduce()
    {
        var arguments = Pop() as object?[] ?? throw Bad("calls something with what is no tuple");
        var name = Pop() as PickleName ?? throw Bad("calls what is no name");
        stack.Push(name.Kind switch
        {
            PickleNameKind.OrderedDictionary => arguments.Length == 0 ? new PickleDictionary { IsOrdered = true } : throw Bad("makes an OrderedDict of something"),
            PickleNameKind.Tensor => TorchValues.Tensor(source, arguments),
            PickleNameKind.Parameter => arguments is [TorchTensor tensor, ..] ? tensor : throw Bad("makes a parameter of what is no tensor"),
            _ => throw Bad("calls a storage's class"),
        });
    }

    private void Build()
    {
        Pop();
        if (Peek() is not PickleDictionary { IsOrdered: true })
            throw Bad("sets attributes of something that is no OrderedDict");
    }

    private void SetItems(object?[] items)
    {
        var to = (Peek() as PickleDictionary ?? throw Bad("sets items of what is no dict")).Items;
        if (items.Length % 2 != 0)
            throw Bad("sets a key without a value");
        for (var i = 0; i < items.Length; i += 2)
            to[items[i] is string or long or bool ? items[i]! : throw Bad("has a key that is neither a string nor a whole number")] = items[i + 1];
    }

    private void Append(object?[] items) => (Peek() as List<object?> ?? throw Bad("appends to what is no list")).AddRange(items);

    private void Recall(uint key) => stack.Push(memo.TryGetValue(key, out var value) ? value : throw Bad($"recalls the value {key}, which it never kept"));

    private readonly object Name(string module, string name) => PickleName.Find(module, name)
        ?? throw new CheckpointException($"{source} names {module}.{name}. Only tensors are read from a checkpoint, and nothing of it is run.");

    private readonly long WholeNumber(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 8)
            throw Bad($"has a whole number of {bytes.Length} bytes");
        var value = bytes.IsEmpty || bytes[^1] < 0x80 ? 0L : -1L;
        for (var i = bytes.Length - 1; i >= 0; i--)
            value = (value << 8) | bytes[i];
        return value;
    }

    private readonly object? Peek() => stack.TryPeek(out var value) && !ReferenceEquals(value, Marker) ? value : throw Bad("takes a value where there is none");

    private readonly object? Pop() => stack.TryPop(out var value) && !ReferenceEquals(value, Marker) ? value : throw Bad("takes a value where there is none");

    private readonly object?[] Pop(int count)
    {
        var values = new object?[count];
        for (var i = count - 1; i >= 0; i--)
            values[i] = Pop();
        return values;
    }

    private readonly object?[] PopToMark()
    {
        var values = new List<object?>();
        while (true)
        {
            if (!stack.TryPop(out var value))
                throw Bad("goes back to a mark that was never set");
            if (ReferenceEquals(value, Marker))
                break;
            values.Add(value);
        }

        values.Reverse();
        return [.. values];
    }

    private string Line()
    {
        var end = rest.IndexOf((byte)'\n');
        if (end < 0)
            throw Bad("is cut off");
        var line = Utf8.GetString(rest[..end]);
        rest = rest[(end + 1)..];
        return line;
    }

    private ReadOnlySpan<byte> Bytes(long count)
    {
        if (count > rest.Length)
            throw Bad("is cut off");
        var bytes = rest[..(int)count];
        rest = rest[(int)count..];
        return bytes;
    }

    private readonly CheckpointException Bad(string what) => new($"{source} {what}.");
}
