using SanaLive.Eval.Sheets;

namespace SanaLive.Eval.Tests.Sheets;

public sealed class SheetTests
{
    [Fact]
    public void Pictures_stand_in_rows_at_half_size_and_places_left_are_white()
    {
        var sheet = new Sheet(2, width: 4, height: 2);
        foreach (var grey in (byte[])[10, 20, 30])
            sheet.Add(Enumerable.Repeat(grey, 4 * 2 * 3).ToArray());

        var whole = sheet.Compose(out var wide, out var high);

        Assert.Equal((4, 2), (wide, high));
        Assert.Equal([10, 10, 20, 20, 30, 30, 255, 255], Enumerable.Range(0, 8).Select(i => (int)whole[i * 3]));
    }

    [Fact]
    public void Four_pixels_become_their_mean_per_channel()
    {
        var sheet = new Sheet(1, width: 2, height: 2);
        sheet.Add([0, 100, 7, 40, 100, 7, 80, 100, 7, 120, 100, 7]);

        Assert.Equal([60, 100, 7], sheet.Compose(out _, out _));
    }

    [Fact]
    public void A_length_of_no_time_is_refused_with_its_range()
    {
        var error = Assert.Throws<FormatException>(() => EvalOptions.Parse(["--sheets", "x", "--minutes", "0"]));

        Assert.Contains("0.1 to 1440", error.Message);
    }
}
