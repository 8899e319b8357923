using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Model;

/// <summary>One tensor for all layers, and a view of each layer.</summary>
internal static class LayerTensors
{
    public static Tensor[] Split(Tensor all, int layers)
    {
        var rows = all.Rows / layers;
        return [.. Enumerable.Range(0, layers).Select(layer => all.Slice(layer * rows, rows))];
    }
}
