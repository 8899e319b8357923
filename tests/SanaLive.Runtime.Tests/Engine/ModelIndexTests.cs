using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Scalar;

namespace SanaLive.Runtime.Tests.Engine;

public sealed class ModelIndexTests
{
    [Theory]
    [InlineData("window(0)", 16)]
    [InlineData("window(99)", 16)]
    [InlineData("for ever", 16)]
    [InlineData("window(3)", 0)]
    public void Read_WhatCannotBe_IsRefusedWithTheFile(string policy, int framesPerSecond)
    {
        using var model = new TestModel(policy: policy, framesPerSecond: framesPerSecond);
        var path = Path.Combine(model.Path, "model_index.json");
        Assert.Contains(path, Assert.Throws<CheckpointException>(() => ModelIndex.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_StepsOfTheFirstBlock_AreItsOwnWhereTheModelGivesThem()
    {
        using var same = new TestModel();
        using var more = new TestModel(firstBlock: ", \"first_block_timesteps\": [1000, 950, 900, 800, 600, 300]");
        using var wrong = new TestModel(firstBlock: ", \"first_block_timesteps\": [500, 900]");
        Assert.Equal(4, ModelIndex.Read(Path.Combine(same.Path, "model_index.json")).FirstBlockPlan.Steps);
        Assert.Equal((4, 6), Steps(ModelIndex.Read(Path.Combine(more.Path, "model_index.json"))));
        Assert.Contains("500, 900", Assert.Throws<CheckpointException>(() => ModelIndex.Read(Path.Combine(wrong.Path, "model_index.json"))).Message, StringComparison.Ordinal);

        static (int, int) Steps(ModelIndex index) => (index.Plan.Steps, index.FirstBlockPlan.Steps);
    }

    [Fact]
    public void Read_PrecisionThatNobodyKnows_IsRefusedWithTheOnesThatAreKnown()
    {
        using var model = new TestModel(precision: "int3");
        Assert.Contains("fp32 and int8", Assert.Throws<CheckpointException>(() => ModelIndex.Read(Path.Combine(model.Path, "model_index.json"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prompt_TooLongToBeRead_NamesTheWordsThatWereLeftOut()
    {
        using var model = new TestModel();
        using var kernels = new ScalarKernelSet<float>();
        using var video = VideoModel.Load(model.Path, kernels);
        var prompt = video.Prompts.Read(null, "zyzzogeton " + string.Join(' ', Enumerable.Repeat("night", 300)));
        Assert.Contains("zyzzogeton", prompt.NotUnderstood);
    }
}
