using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SanaLive.Eval.Reporting;

/// <summary>The table for people and the line of JSON for programs.</summary>
internal static class Table
{
    public static void Write(TextWriter output, IReadOnlyList<Row> rows)
    {
        output.WriteLine($"\n{"measure",-34} {"value",9}  {"95 % interval",-20} {"must reach",-17} {"",-4}  note");
        foreach (var row in rows)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Measure,-34} {row.Result.Value,9:0.000}  {$"[{row.Result.Low:0.000}, {row.Result.High:0.000}]",-20} {row.Limit?.ToString() ?? "",-17} {Mark(row),-4}  {row.Note}"));
        }

        var failed = rows.Count(row => row.Passes == false);
        output.WriteLine($"\n{rows.Count(row => row.Passes == true)} of {rows.Count(row => row.Passes is not null)} reached{(failed > 0 ? $", {failed} not" : "")}");
    }

    /// <summary>Figures as plain numbers under their keys; intervals under the same keys of <c>intervals</c>.</summary>
    public static string Json(IReadOnlyList<Row> rows)
    {
        var (json, intervals) = (new JsonObject(), new JsonObject());
        foreach (var row in rows)
        {
            Put(json, row.Key, JsonValue.Create(Rounded(row.Result.Value)));
            Put(intervals, row.Key, new JsonArray([.. row.Result.Ends.Select(end => JsonValue.Create(Rounded(end)))]));
        }

        json["intervals"] = intervals;
        return json.ToJsonString(new JsonSerializerOptions { WriteIndented = false });
    }

    private static string Mark(Row row) => row.Passes switch
    {
        true => "ok",
        false => "FAIL",
        _ => "",
    };

    // JSON has no word for infinity: a number that cannot be told is left empty.
    private static double? Rounded(double value) => double.IsFinite(value) ? Math.Round(value, 4) : null;

    private static void Put(JsonObject json, string key, JsonNode? value)
    {
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            json[key] = value;
            return;
        }

        if (json[key[..dot]] is not JsonObject inner)
            json[key[..dot]] = inner = [];
        inner[key[(dot + 1)..]] = value;
    }
}
