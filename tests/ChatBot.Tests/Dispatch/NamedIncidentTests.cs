using ChatBot.Dispatch;
using ChatBot.Incidents;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatBot.Tests.Dispatch;

/// <summary>Which incident a person means: one rule for every command.</summary>
public sealed class NamedIncidentTests
{
    private static readonly IncidentId Over = new(new Guid("01936c5e-0000-7000-8000-0000000000aa"));
    private static readonly IncidentId Open = new(new Guid("01936c5e-0000-7000-8000-0000000000bb"));
    private static readonly Person Ana = new("T0HOME", "U0ANA");

    [Theory]
    [InlineData("orders-db", true)]
    [InlineData("Orders-DB", true)]
    [InlineData("01936c5e00007000800000000000aa", false)] // 30 digits
    [InlineData("01936c5e0000700080000000000000aa", true)]
    [InlineData("01936C5E0000700080000000000000AA", true)]
    [InlineData("01936c5e-0000-7000-8000-0000000000aa", false)] // nothing shows it so
    [InlineData("{01936c5e-0000-7000-8000-0000000000aa}", false)]
    [InlineData("billing-db", false)]
    public async Task An_incident_is_named_by_its_digits_or_its_target_in_any_case(string name, bool isFound)
    {
        await using var bench = await DispatchBench.OpenAsync();
        await bench.OpenIncidentAsync(Over, Ana);

        Assert.Equal(isFound ? Over.ToString() : null, await FindAsync(bench, name));
        var desk = new TerminalDesk(
            bench.Store, bench.Log, bench.Drawing, bench.Facts, bench.Pages, bench.Options, TimeProvider.System, NullLogger<TerminalDesk>.Instance);
        Assert.Equal(isFound, await desk.ShowAsync(name, DispatchBench.Token) is not null);
    }

    [Fact]
    public async Task A_target_stands_for_its_open_incident_and_else_for_its_last()
    {
        await using var bench = await DispatchBench.OpenAsync();
        await bench.OpenIncidentAsync(Over, Ana);
        await bench.DoAsync(Over, new AbortIncident(Ana, Reason: null));
        Assert.Equal(Over.ToString(), await FindAsync(bench, "ORDERS-DB"));

        await bench.OpenIncidentAsync(Open, Ana);

        Assert.Equal(Open.ToString(), await FindAsync(bench, "ORDERS-DB"));
        Assert.Equal(Over.ToString(), await FindAsync(bench, Over.ToString()));
    }

    private static async Task<string?> FindAsync(DispatchBench bench, string name) =>
        (await bench.Store.ReadAsync((reader, _) => reader.FindNamedIncidentAsync(name), DispatchBench.Token))?.Id;
}
