using ChatBot.Configuration;
using ChatBot.Dispatch;
using ChatBot.Incidents;
using ChatBot.Tests.Configuration;

namespace ChatBot.Tests.Dispatch;

public sealed class IncidentReportTests
{
    private static readonly IncidentId Id = new(new Guid("01936c5e-0000-7000-8000-0000000000aa"));

    [Fact]
    public async Task Whom_the_settings_name_the_report_names_and_others_by_their_ids()
    {
        await using var bench = await DispatchBench.OpenAsync(settings: Given.Full());
        await bench.OpenIncidentAsync(Id, new Person("T0HOME", "U0ANA"));
        await bench.DoAsync(Id, new JoinIncident(new Person("T0OTHER", "W0BORIS"), "C0INCIDENTS")); // boris is of E0HOME

        var files = await new IncidentReport(bench.Store, bench.Pages, bench.Steps, AccountNames.Of(bench.Options.Terminal)).WriteAsync(Id, DispatchBench.Token);

        Assert.Equal(2, files.Count);
        Assert.All(files, file =>
        {
            Assert.Contains("ana (U0ANA)", file.Text, StringComparison.Ordinal);
            Assert.Contains("W0BORIS", file.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("boris", file.Text, StringComparison.Ordinal);
        });
    }
}
