using ChatBot.Incidents.Evidence;
using ChatBot.Metrics;
using SkiaSharp;

namespace ChatBot.Tests.Metrics;

/// <summary>What can be told of a picture without eyes: its size, its letters, and that what was not measured isn't drawn.</summary>
public sealed class MetricPictureTests
{
    private static readonly DateTimeOffset Noon = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(2, 60)]
    [InlineData(20, 240)]
    [InlineData(200, 240)]
    public void Many_curves_make_a_picture_that_Slack_takes(int curves, int points)
    {
        var png = MetricPicture.Draw(Reading(new MetricGraph(GraphKind.Slots, [.. Enumerable.Range(0, curves).Select(one => Curve($"state {one}", points, at => (at + one) % 9)), Limit(points)])))!;

        Assert.InRange(png.Length, 5_000, 1_000_000);
        using var picture = SKBitmap.Decode(png);
        Assert.Equal((1000, 330), (picture.Width, picture.Height));
        Keep($"curves-{curves}", png);
    }

    /// <summary>Without a font everything is drawn but the words, and nothing says so.</summary>
    [Fact]
    public void It_has_letters_of_the_font_that_ships()
    {
        using var picture = SKBitmap.Decode(MetricPicture.Draw(Reading(new MetricGraph(GraphKind.Slots, [Curve("idle", 10, at => at), Limit(10)]))));

        // The title stands above the axes, in the middle.
        Assert.InRange(Dark(picture, new SKRectI(200, 0, 800, 35)), 300, 5_000);
    }

    [Fact]
    public void Where_nothing_was_measured_nothing_is_drawn()
    {
        var whole = Coloured(Curve("idle", 100, _ => 10));
        var half = Coloured(Curve("idle", 100, at => at is < 25 or >= 75 ? 10 : null));

        Assert.InRange(half / (double)whole, 0.4, 0.6);

        static int Coloured(MetricCurve curve)
        {
            using var picture = SKBitmap.Decode(MetricPicture.Draw(Reading(new MetricGraph(GraphKind.Slots, [curve]))));
            return picture.Pixels.Count(pixel => pixel.Red > pixel.Blue + 60);
        }
    }

    [Fact]
    public void Every_kind_of_graph_has_a_panel_of_its_own()
    {
        var graphs = Enum.GetValues<GraphKind>().Select(kind => new MetricGraph(kind, [Curve("checkout-api", 30, at => at), Curve("catalog", 30, at => at / 2.0), Limit(30) with { Name = Name("checkout-api") }])).ToArray();
        var reading = Reading(graphs) with
        {
            Marks = [new MetricMark(Noon.AddMinutes(5), MarkKind.Deployed, Name("checkout-api")), new MetricMark(Noon.AddMinutes(20), MarkKind.Opened, default)],
        };
        var png = MetricPicture.Draw(reading)!;

        using var picture = SKBitmap.Decode(png);
        Assert.Equal(6 * 330, picture.Height);
        Assert.All(Enum.GetValues<GraphKind>(), kind => Assert.NotEqual(kind.ToString(), MetricPicture.TitleOf(new MetricGraph(kind, []))));
        Assert.Null(MetricPicture.Draw(Reading()));
        Keep("panels", png);
    }

    /// <summary>For whoever wants to look at them: beside the tests' other results.</summary>
    private static void Keep(string name, byte[] png) => TestContext.Current.AddAttachment($"{name}.png", png);

    private static int Dark(SKBitmap picture, SKRectI part)
    {
        var dark = 0;
        for (var y = part.Top; y < part.Bottom; y++)
        {
            for (var x = part.Left; x < part.Right; x++)
            {
                dark += picture.GetPixel(x, y) is { Red: < 110, Green: < 110, Blue: < 110 } ? 1 : 0;
            }
        }

        return dark;
    }

    private static MetricReading Reading(params MetricGraph[] graphs) => new(MetricOrigin.Prometheus, Noon, TimeSpan.FromMinutes(1), graphs);

    private static MetricCurve Limit(int points) => Curve("slots for ordinary users", points, _ => 97) with { IsLimit = true };

    private static MetricCurve Curve(string name, int points, Func<int, double?> value) => new(Name(name), [.. Enumerable.Range(0, points).Select(value)]);

    private static ForeignText Name(string name) => ForeignText.From(name, 63);
}
