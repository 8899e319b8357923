using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>
/// Layers one behind the other. A frame that comes out of a layer goes through all that follow before that layer is asked for another one:
/// however many pictures a latent frame has, memory is needed for one.
/// </summary>
internal sealed class WanChain : IDisposable
{
    private readonly IReadOnlyList<WanLayer> layers;
    private readonly Action<Tensor, int>[] then;
    private WanPass pass;
    private Action<Tensor> end = _ => { };

    public WanChain(IReadOnlyList<WanLayer> layers)
    {
        this.layers = layers;
        then = [.. Enumerable.Range(1, layers.Count).Select(next => (Action<Tensor, int>)((x, distance) => Run(next, x, distance)))];
        var reach = 0;
        foreach (var layer in layers.Reverse())
        {
            layer.LookBack(reach);
            reach = layer.Reach;
        }
    }

    /// <summary>As <see cref="WanLayer.Reach"/>, of the first layer.</summary>
    public int Reach => layers[0].Reach;

    /// <summary>One frame through all layers.</summary>
    /// <param name="x">Input of the first layer.</param>
    /// <param name="with">The stream and memory.</param>
    /// <param name="distance">Of the frame.</param>
    /// <param name="last">Given what comes out of the last layer, frame by frame.</param>
    public void Run(Tensor x, WanPass with, int distance, Action<Tensor> last)
    {
        (pass, end) = (with, last);
        Run(0, x, distance);
    }

    public void Dispose()
    {
        foreach (var layer in layers)
            layer.Dispose();
    }

    private void Run(int at, Tensor x, int distance)
    {
        if (distance > (at < layers.Count ? layers[at].Reach : 0))
            return;
        if (at < layers.Count)
            layers[at].Forward(x, pass, distance, then[at]);
        else
            end(x);
    }
}
