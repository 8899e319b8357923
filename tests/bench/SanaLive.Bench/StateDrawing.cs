using System.Globalization;
using System.Text;

namespace SanaLive.Bench;

/// <summary>The two panels of docs/state.svg: bytes and milliseconds over the number of the block, both scales logarithmic.</summary>
internal static class StateDrawing
{
    private const double LastBlock = 100_000;
    private const double Top = 96;
    private const double Height = 250;
    private const double Width = 420;

    public static string Draw(IReadOnlyList<StatePoint> shipped, IReadOnlyList<StatePoint> small, IReadOnlyList<StatePoint> softmax, long cacheBytesPerBlock)
    {
        var svg = new StringBuilder("""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1080 430" font-family="ui-sans-serif, system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif">
              <style>
                .bg { fill: #0d1117; } .grid { stroke: #263348; stroke-width: 1; } .h { fill: #f0f4fa; font-size: 17px; font-weight: 600; } .t { fill: #9fb0c8; font-size: 12.5px; }
                .a { stroke: #5fd39a; fill: none; stroke-width: 2.5; } .b { stroke: #6db3f2; fill: none; stroke-width: 2.5; } .c { stroke: #f0a35e; fill: none; stroke-width: 2.5; }
                .ad { fill: #5fd39a; } .bd { fill: #6db3f2; } .cd { fill: #f0a35e; } .dash { stroke-dasharray: 6 5; }
              </style>
              <rect class="bg" width="1080" height="430" rx="16"/>

            """);
        var left = new Panel(svg, 90, 3, 12, "bytes kept for the next block", ["1 kB", "1 MB", "1 GB", "1 TB"]);
        left.Series('c', [new(1, cacheBytesPerBlock), new(LastBlock, cacheBytesPerBlock * LastBlock)], dots: false, dashed: true);
        left.Series('a', [.. shipped.Select(point => (point.Block, (double)point.Bytes))]);
        left.Series('b', [.. small.Select(point => (point.Block, (double)point.Bytes))]);
        var right = new Panel(svg, 600, -1, 7, "milliseconds of one block", ["0.1", "10", "1 000", "100 000", "10 000 000"]);
        right.Series('c', [.. softmax.Select(point => (point.Block, point.Milliseconds))]);
        var (block, milliseconds) = (softmax[^1].Block, softmax[^1].Milliseconds);
        right.Series('c', [(block, milliseconds), (LastBlock, milliseconds * LastBlock / block)], dots: false, dashed: true);
        right.Series('a', [.. shipped.Select(point => (point.Block, point.Milliseconds))]);
        right.Series('b', [.. small.Select(point => (point.Block, point.Milliseconds))]);
        svg.Append("""
              <circle class="ad" cx="100" cy="398" r="5"/><text class="t" x="112" y="402">the shipped model, to block 500</text>
              <circle class="bd" cx="352" cy="398" r="5"/><text class="t" x="364" y="402">a model of two layers, to block 100,000</text>
              <circle class="cd" cx="646" cy="398" r="5"/><text class="t" x="658" y="402">the same with a KV cache (dashed: worked out)</text>
            </svg>

            """);
        return svg.ToString();
    }

    private sealed class Panel
    {
        private readonly StringBuilder svg;
        private readonly double x;
        private readonly double least;
        private readonly double most;

        /// <param name="svg">Receives it.</param>
        /// <param name="x">Left end of the axis.</param>
        /// <param name="least">Power of ten at the bottom.</param>
        /// <param name="most">Power of ten at the top.</param>
        /// <param name="title">What is drawn.</param>
        /// <param name="labels">At equal distances from bottom to top.</param>
        public Panel(StringBuilder svg, double x, double least, double most, string title, string[] labels)
        {
            (this.svg, this.x, this.least, this.most) = (svg, x, least, most);
            Write($"""  <text class="h" x="{x:F0}" y="56">{title}</text>""");
            for (var i = 0; i < labels.Length; i++)
            {
                var y = Top + Height - (i * Height / (labels.Length - 1));
                Write($"""  <path class="grid" d="M{x:F0} {y:F1}h{Width:F0}"/><text class="t" x="{x - 10:F0}" y="{y + 4:F1}" text-anchor="end">{labels[i]}</text>""");
            }

            for (var power = 0; power <= 5; power++)
            {
                var at = x + (power * Width / 5);
                Write($"""  <path class="grid" d="M{at:F1} {Top:F0}v{Height:F0}"/><text class="t" x="{at:F1}" y="{Top + Height + 20:F0}" text-anchor="middle">{(power == 0 ? "block 1" : $"{Math.Pow(10, power):N0}")}</text>""");
            }
        }

        public void Series(char kind, (double Block, double Value)[] points, bool dots = true, bool dashed = false)
        {
            var places = points.Select(point => (
                X: x + (Math.Log10(point.Block) / 5 * Width),
                Y: Top + Height - ((Math.Log10(point.Value) - least) / (most - least) * Height))).ToArray();
            Write($"""  <polyline class="{kind}{(dashed ? " dash" : "")}" points="{string.Join(' ', places.Select(place => string.Create(CultureInfo.InvariantCulture, $"{place.X:F1},{place.Y:F1}")))}"/>""");
            foreach (var place in dots ? places : [])
                Write($"""  <circle class="{kind}d" cx="{place.X:F1}" cy="{place.Y:F1}" r="4"/>""");
        }

        private void Write(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
