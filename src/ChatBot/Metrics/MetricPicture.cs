using System.Globalization;
using ChatBot.Incidents.Evidence;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace ChatBot.Metrics;

/// <summary>Draws what was measured: a panel for each graph, below each other, large enough to be read at the width that Slack shows.</summary>
internal static class MetricPicture
{
    /// <summary>Slack shows a picture some 360 px wide, and a phone less: then letters have a third of their size here.</summary>
    private const int Width = 1000;

    private const int PanelHeight = 330;

    private const float LetterSize = 22;

    /// <summary>More panels nobody scrolls through.</summary>
    private const int PanelsAtMost = 6;

    private const string Font = "DejaVu Sans, as shipped";

    /// <summary>Told apart by whoever sees few colours, on white: https://jfly.uni-koeln.de/color/.</summary>
    private static readonly ScottPlot.Palettes.ColorblindFriendly Colours = new();

    private static readonly Lock Gate = new();
    private static bool _hasFont;

    /// <returns>A PNG; null when there is nothing to draw.</returns>
    public static byte[]? Draw(MetricReading reading)
    {
        var graphs = reading.Graphs.Take(PanelsAtMost).ToArray();
        if (graphs.Length == 0)
        {
            return null;
        }

        RequireFont();
        var panels = new Multiplot();
        panels.AddPlots(graphs.Length);
        foreach (var (at, graph) in graphs.Index())
        {
            DrawPanel(panels.GetPlot(at), graph, reading);
        }

        return panels.Render(Width, PanelHeight * graphs.Length).GetImageBytes(ImageFormat.Png);
    }

    /// <summary>What stands above a panel: what it shows, and in which unit.</summary>
    public static string TitleOf(MetricGraph graph) => graph.Kind switch
    {
        GraphKind.Impact => "Customers",
        GraphKind.Slots => "Slots of the server",
        GraphKind.Refused => "Refused logins in 5 min",
        GraphKind.PoolerWaiting => "Clients waiting at the pooler",
        GraphKind.ServicePool => "Connections lent by the services' pools",
        GraphKind.ServiceWaiting => "Requests waiting for a pool",
        GraphKind.NewConnections => "New connections a second",
        GraphKind.AcquireTime => "Seconds to get a connection from the pool",
        GraphKind.CreateTime => "Seconds to open a connection",
        _ => graph.Kind.ToString(),
    };

    private static void DrawPanel(Plot plot, MetricGraph graph, MetricReading reading)
    {
        plot.Font.Set(Font);
        var leftOut = graph.LeftOut + Math.Max(0, graph.Curves.Count(curve => !curve.IsLimit) - MetricGraph.CurvesAtMost);
        plot.Title(TitleOf(graph) + (leftOut > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({leftOut} more not drawn)") : ""), LetterSize);
        plot.Axes.Title.Label.FontName = Font;
        plot.Axes.Title.Label.Bold = false;
        plot.Axes.Bottom.TickGenerator = new DateTimeAutomatic { LabelFormatter = time => time.ToString("HH:mm", CultureInfo.InvariantCulture) };
        plot.Axes.Bottom.Label.Text = "UTC";
        foreach (var axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left])
        {
            axis.TickLabelStyle.FontName = axis.Label.FontName = Font;
            axis.TickLabelStyle.FontSize = axis.Label.FontSize = LetterSize;
            axis.Label.Bold = false;
        }

        plot.Axes.Bottom.Label.FontSize = LetterSize * 0.7f;
        var isStacked = graph.Kind is GraphKind.Slots;
        var below = new double?[reading.Graphs[0].Curves[0].Values.Count];
        foreach (var (at, curve) in graph.Curves.Where(curve => !curve.IsLimit).Take(MetricGraph.CurvesAtMost).Index())
        {
            if (isStacked)
            {
                Stack(plot, curve, below, reading, ColourOf(at));
            }
            else
            {
                Line(plot, curve, reading, ColourOf(at));
            }
        }

        // A service's limit has the service's colour; a server has one.
        var names = graph.Curves.Where(curve => !curve.IsLimit).Take(MetricGraph.CurvesAtMost).Select(curve => curve.Name).ToList();
        foreach (var limit in graph.Curves.Where(curve => curve.IsLimit && (isStacked || names.Contains(curve.Name))))
        {
            Line(plot, limit, reading, isStacked ? Color.FromHex("#B00020") : ColourOf(names.IndexOf(limit.Name)), isLimit: true);
        }

        foreach (var mark in reading.Marks)
        {
            var line = plot.Add.VerticalLine(Number(mark.At), 2, Color.FromHex("#555555"), LinePattern.Dashed);
            line.ExcludeFromLegend = true;
        }

        plot.Legend.FontName = Font;
        plot.Legend.FontSize = LetterSize * 0.85f;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.ShowLegend(Edge.Right);
        plot.Axes.SetLimitsX(Number(reading.From), Number(reading.TimeOf(Math.Max(1, below.Length - 1))));
        var most = Math.Max(isStacked ? below.Max() ?? 0 : graph.Curves.Where(curve => !curve.IsLimit).Max(curve => curve.Most) ?? 0, graph.Curves.Where(curve => curve.IsLimit).Max(curve => curve.Most) ?? 0);
        plot.Axes.SetLimitsY(0, most > 0 ? most * 1.1 : 1);
    }

    /// <summary>On top of what is there already. Where nothing was measured, nothing is drawn.</summary>
    private static void Stack(Plot plot, MetricCurve curve, double?[] below, MetricReading reading, Color colour)
    {
        foreach (var (isFirst, run) in Runs(curve))
        {
            var bottom = run.Select(at => below[at] ?? 0).ToArray();
            var top = run.Select((at, index) => bottom[index] + curve.Values[at]!.Value).ToArray();
            var area = plot.Add.FillY([.. run.Select(at => Number(reading.TimeOf(at)))], bottom, top);
            area.FillColor = colour.WithAlpha(0.85);
            area.LineWidth = 0;
            area.LegendText = isFirst ? curve.Name.Value : "";
            foreach (var (index, at) in run.Index())
            {
                below[at] = top[index];
            }
        }
    }

    private static void Line(Plot plot, MetricCurve curve, MetricReading reading, Color colour, bool isLimit = false)
    {
        foreach (var (isFirst, run) in Runs(curve))
        {
            var times = run.Select(at => Number(reading.TimeOf(at))).ToArray();
            double[] values = [.. run.Select(at => curve.Values[at]!.Value)];
            var line = plot.Add.Scatter(times, values, colour);
            line.LineWidth = isLimit ? 3 : 4;
            line.LinePattern = isLimit ? LinePattern.Dashed : LinePattern.Solid;
            line.MarkerSize = run.Length == 1 ? 8 : 0; // one value alone would be no line
            line.LegendText = !isFirst ? "" : isLimit && curve.Name.Value is { Length: > 0 } name ? $"limit: {name}" : curve.Name.Value;
        }
    }

    /// <summary>The places that were measured without a gap between.</summary>
    private static IEnumerable<(bool IsFirst, int[] Run)> Runs(MetricCurve curve)
    {
        var run = new List<int>();
        var isFirst = true;
        for (var at = 0; at <= curve.Values.Count; at++)
        {
            if (at < curve.Values.Count && curve.Values[at] is not null)
            {
                run.Add(at);
            }
            else if (run.Count > 0)
            {
                yield return (isFirst, [.. run]);
                run.Clear();
                isFirst = false;
            }
        }
    }

    /// <summary>Without its black, which is for the axes.</summary>
    private static Color ColourOf(int place) => Colours.GetColor(1 + (place % MetricGraph.CurvesAtMost));

    private static double Number(DateTimeOffset at) => at.UtcDateTime.ToOADate();

    private static void RequireFont()
    {
        lock (Gate)
        {
            if (!_hasFont)
            {
                Fonts.AddFontFile(Font, Path.Combine(AppContext.BaseDirectory, "Metrics", "Fonts", "DejaVuSans.ttf"));
                _hasFont = true;
            }
        }
    }
}
