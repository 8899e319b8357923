using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Sessions;

public sealed class StartImageTests
{
    [Fact]
    public void Image_AtCreation_IsWhatTheStreamBeginsWith() => Stage.Play(async stage =>
    {
        var id = await CreateAsync(stage, new CreateSession("forest", 7, Image: new byte[] { 200 }));
        stage.Watch(id);
        await stage.PassAsync(2);
        Assert.All(Assert.Single(stage.Engine.Streams).Start!.Latents.ToArray(), value => Assert.Equal(200, value));
        Assert.Equal("forest day", (await stage.ViewAsync(id)).Meaning);
    });

    [Fact]
    public void Image_IsReadOnceAndKeptAsLatents_ForAStreamThatIsBegunAgain() => Stage.Play(async stage =>
    {
        var id = await CreateAsync(stage, new CreateSession(Image: new byte[] { 1 }));
        var viewer = stage.Watch(id);
        await stage.PassAsync(2);
        await stage.Host.PauseAsync(id, default);
        await stage.PassAsync(2);
        await stage.Host.ResumeAsync(id, default);
        await stage.PassAsync(2);
        Assert.Single(stage.Engine.ImagesRead);
        Assert.NotNull(viewer);
    });

    [Fact]
    public void View_SaysWhatWasDoneToThePicture() => Stage.Play(async stage =>
    {
        var whole = (await stage.ViewAsync(await CreateAsync(stage, new CreateSession(Image: new byte[] { 1 })))).Image!;
        Assert.Equal((12, 8, (string?)null), (whole.Width, whole.Height, whole.Note));
        var cropped = (await stage.ViewAsync(await CreateAsync(stage, new CreateSession(Image: new byte[] { 1, 2 })))).Image!;
        Assert.Contains("cropped to the 12 x 4", cropped.Note);
        Assert.Null((await stage.ViewAsync(await stage.CreateAsync())).Image);
    });

    [Fact]
    public void Picture_WithoutAPrompt_KeepsWhatTheModelReadsInIt() => Stage.Play(async stage =>
    {
        stage.Engine.Sees["time"] = "night";
        var view = await stage.ViewAsync(await CreateAsync(stage, new CreateSession(Image: new byte[] { 1 })));
        Assert.Equal(("meadow night", "time 'night'"), (view.Meaning, view.Prompt));
        Assert.Equal(["time 'night'"], view.Image!.Understood);
    });

    [Fact]
    public void Picture_WithAPromptOrControls_YieldsToThemWhereTheySpeak() => Stage.Play(async stage =>
    {
        stage.Engine.Sees["time"] = "night";
        Assert.Equal("forest night", (await stage.ViewAsync(await CreateAsync(stage, new CreateSession("forest", Image: new byte[] { 1 })))).Meaning);
        Assert.Equal("meadow day", (await stage.ViewAsync(await CreateAsync(stage, new CreateSession("day", Image: new byte[] { 1 })))).Meaning);
        var controls = new Dictionary<string, ControlValue> { ["speed"] = 42 };
        var steered = await stage.ViewAsync(await CreateAsync(stage, new CreateSession(Controls: controls, Image: new byte[] { 1 })));
        Assert.Equal(("meadow night", 42), (steered.Meaning, steered.Controls["speed"].Number));
    });

    [Fact]
    public void Picture_OfAModelThatReadsNothing_LeavesTheDefaultPrompt() => Stage.Play(async stage =>
    {
        var view = await stage.ViewAsync(await CreateAsync(stage, new CreateSession(Image: new byte[] { 1 })));
        Assert.Equal(FakeEngine.Card.DefaultPrompt, view.Meaning);
        Assert.Empty(view.Image!.Understood);
    });

    [Fact]
    public void Picture_ThatCannotBeRead_MakesNoSession() => Stage.Play(async stage =>
    {
        var error = await Assert.ThrowsAsync<SessionException>(() => CreateAsync(stage, new CreateSession(Image: Array.Empty<byte>())));
        Assert.Equal(SessionError.Invalid, error.Error);
        Assert.Empty(await stage.Host.ListAsync(default));
    });

    [Fact]
    public void Request_WithAWrongPrompt_IsRefusedBeforeThePictureIsLookedAt() => Stage.Play(async stage =>
    {
        await Assert.ThrowsAsync<SessionException>(() => CreateAsync(stage, new CreateSession(" ", Image: new byte[] { 1 })));
        Assert.Empty(stage.Engine.ImagesRead);
    });

    private static async Task<string> CreateAsync(Stage stage, CreateSession request) => (await stage.Host.CreateAsync(request, default)).Id;
}
