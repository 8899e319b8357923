namespace SanaLive.Runtime.Checkpoints.Published;

/// <summary>A published checkpoint that was checked and has a name here.</summary>
public sealed record RegisteredModel
{
    /// <summary>What <c>--model</c> takes.</summary>
    public required string Name { get; init; }

    /// <summary>What <see cref="PublishedFolder.Recognise"/> takes; absolute.</summary>
    public required string Folder { get; init; }

    /// <summary>Its name on the hub.</summary>
    public required string Repository { get; init; }

    public required PublishedKind Kind { get; init; }

    public required PublishedVae Vae { get; init; }

    public required EpsVariant Eps { get; init; }

    /// <summary>Numbers in all weights.</summary>
    public required long Parameters { get; init; }

    public required DateTimeOffset Added { get; init; }

    /// <summary>The folder that <see cref="Files"/> lie in.</summary>
    public required string Root { get; init; }

    public required IReadOnlyList<PublishedFile> Files { get; init; }

    public long Bytes() => Files.Sum(file => file.Bytes);

    /// <summary>What has changed on the disk since it was checked, in a sentence; null when nothing has, as far as lengths tell.</summary>
    public string? Changed()
    {
        foreach (var file in Files)
        {
            var now = new FileInfo(Path.Combine(Root, file.Path));
            if (!now.Exists)
                return $"{file.Path} is gone";
            if (now.Length != file.Bytes)
                return $"{file.Path} has {now.Length} bytes, not the {file.Bytes} that were checked";
        }

        return null;
    }
}
