using SanaLive.Models;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;

namespace SanaLive.Runtime.Tests.Checkpoints.Published;

public sealed class ModelsCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ModelRegistry registry;
    private readonly StringWriter output = new();
    private readonly StringWriter messages = new();
    private readonly string path;

    public ModelsCommandTests()
    {
        registry = new ModelRegistry(folder.File("state"));
        path = PublishedFixture.Write(folder.File("SANA-Video_2B_480p_diffusers"));
    }

    [Fact]
    public void Add_OfAWholeFolder_GivesItItsNameOnTheHub()
    {
        Assert.Equal(0, Run("add", path));
        var model = Assert.Single(registry.Models());
        Assert.Equal(("SANA-Video_2B_480p_diffusers", path, PublishedKind.Clip, EpsVariant.Diffusers), (model.Name, model.Folder, model.Kind, model.Eps));
        Assert.All(model.Files, file => Assert.Equal(64, file.Sha256.Length));
        Assert.Equal(path, registry.Resolve("SANA-Video_2B_480p_diffusers"));
        Assert.Equal("/nowhere", registry.Resolve("/nowhere"));

        Assert.Equal(0, Run("list"));
        Assert.Contains("SANA-Video 480p, clips", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("pictures of 448x896, 480x832", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Add_OfAFolderThatIsNotWhole_AddsNothing()
    {
        File.Delete(Path.Combine(path, "vae/config.json"));
        Assert.Equal(1, Run("add", path));
        Assert.Contains("Download from Efficient-Large-Model/SANA-Video_2B_480p_diffusers: vae/config.json", messages.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 thing is wrong", messages.ToString(), StringComparison.Ordinal);
        Assert.Empty(registry.Models());
        Assert.False(File.Exists(registry.File));
    }

    [Fact]
    public void Add_AgainAndUnderAnotherName_KeepsBoth()
    {
        Run("add", path);
        Assert.Equal(0, Run("add", path, "--name", "clips"));
        Assert.Equal(0, Run("add", path, "--name", "clips"));
        Assert.Equal(["SANA-Video_2B_480p_diffusers", "clips"], registry.Models().Select(model => model.Name));
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData(".hidden")]
    public void Add_UnderANameThatIsNone_IsRefused(string name) =>
        Assert.Contains("is no name", Assert.Throws<CheckpointException>(() => Run("add", path, "--name", name)).Message, StringComparison.Ordinal);

    [Fact]
    public void Add_UnderANameThatAnotherFolderHas_IsRefused()
    {
        Run("add", path, "--name", "mine");
        var other = PublishedFixture.Write(folder.File("other"));
        Assert.Contains(path, Assert.Throws<CheckpointException>(() => Run("add", other, "--name", "mine")).Message, StringComparison.Ordinal);
        Assert.Equal(path, Assert.Single(registry.Models()).Folder);
    }

    [Fact]
    public void List_OfAFolderThatHasChanged_SaysWhat()
    {
        Run("add", path);
        File.Delete(Path.Combine(path, "tokenizer/tokenizer.json"));
        Run("list");
        Assert.Contains("NOT AS IT WAS CHECKED: tokenizer/tokenizer.json is gone", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Remove_ForgetsTheNameAndLeavesTheFiles()
    {
        Run("add", path, "--name", "mine");
        Assert.Contains("There is mine.", Assert.Throws<CheckpointException>(() => Run("remove", "yours")).Message, StringComparison.Ordinal);
        Assert.Equal(0, Run("remove", "mine"));
        Assert.Empty(registry.Models());
        Assert.True(File.Exists(Path.Combine(path, "vae/config.json")));
    }

    [Fact]
    public void Registry_ThatIsDamagedOrInUse_SaysWhatToDo()
    {
        Run("add", path);
        using (new FileStream($"{registry.File}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
            Assert.Contains("Another program", Assert.Throws<CheckpointException>(() => Run("remove", "x")).Message, StringComparison.Ordinal);
        File.WriteAllText(registry.File, "[{");
        Assert.Contains("Delete it", Assert.Throws<CheckpointException>(() => Run("list")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_Interrupted_ChangesNothing()
    {
        using var interrupted = new CancellationTokenSource();
        interrupted.Cancel();
        Assert.Throws<OperationCanceledException>(() => new ModelsCommand(registry, output, messages, TimeProvider.System).Run(["add", path], interrupted.Token));
        Assert.Empty(registry.Models());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(2, "add")]
    [InlineData(2, "list", "all")]
    [InlineData(0, "--help")]
    public void Run_WithoutACommand_ShowsHow(int code, params string[] args) => Assert.Equal(code, Run(args));

    public void Dispose() => folder.Dispose();

    private int Run(params string[] args) => new ModelsCommand(registry, output, messages, TimeProvider.System).Run(args, CancellationToken.None);
}
