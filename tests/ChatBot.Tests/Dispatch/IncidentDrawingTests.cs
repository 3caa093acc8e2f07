using System.Text.Json.Nodes;
using ChatBot.Incidents;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Runbooks;
using ChatBot.Tests.Configuration;
using ChatBot.Tests.Slack.Views;

namespace ChatBot.Tests.Dispatch;

/// <summary>What fills a page's commands, and what never does.</summary>
public sealed class IncidentDrawingTests
{
    private static readonly IncidentId Id = new(new Guid("01936c5e-0000-7000-8000-0000000000aa"));
    private static readonly Person Ana = new("T0HOME", "U0ANA");

    [Fact]
    public async Task Commands_are_filled_from_the_target_and_never_with_its_password()
    {
        await using var bench = await OpenAsync("checkout-api", "reports");
        await bench.DoAsync(Id, new TakePageStepByHand("end-idle", Ana));

        var incident = await bench.IncidentAsync(Id);
        var values = bench.Drawing.PlaceholdersOf(incident, Cards.Consumers);
        var seen = SeenText.Of(await bench.Drawing.DrawAsync(new Show(IncidentPart.Step) { Step = "end-idle" }, incident, DispatchBench.Token));

        Assert.Equal(new PlaceholderValues("127.0.0.1", 5432, "chatbot", "postgres", "checkout-api", "shop"), values);
        Assert.Contains("psql -h 127.0.0.1 -U chatbot -d postgres -c \"SELECT 1;\"", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_service_is_the_one_that_holds_most_or_the_only_one()
    {
        await using var both = await OpenAsync("checkout-api", "reports");
        await using var one = await OpenAsync("reports");
        await using var none = await OpenAsync();
        var (first, _, last) = (Cards.Consumers.Groups[0], Cards.Consumers.Groups[1], Cards.Consumers.Groups[2]);

        Assert.Equal("checkout-api", await ServiceAsync(both, Cards.Consumers));
        Assert.Equal("reports", await ServiceAsync(both, Cards.Consumers with { Groups = [last, first] }));
        Assert.Null(await ServiceAsync(both, Cards.Nobody)); // which of the two is a guess
        Assert.Null(await ServiceAsync(both, holders: null));
        Assert.Equal("reports", await ServiceAsync(one, holders: null));
        Assert.Null(await ServiceAsync(none, Cards.Consumers)); // a name that strangers chose is no service
    }

    [Fact]
    public async Task Nothing_is_filled_for_a_target_that_left_the_settings()
    {
        await using var bench = await OpenAsync("checkout-api");
        var incident = await bench.IncidentAsync(Id);

        Assert.Equal(new PlaceholderValues(null, null, null, null, null, null), bench.Drawing.PlaceholdersOf(incident with { Target = "gone-db" }, Cards.Consumers));
    }

    private static async Task<string?> ServiceAsync(DispatchBench bench, ConnectionConsumers? holders) =>
        bench.Drawing.PlaceholdersOf(await bench.IncidentAsync(Id), holders).Service;

    private static async Task<DispatchBench> OpenAsync(params string[] services)
    {
        var settings = Given.Smallest().With("Targets:orders-db:Password", "canary-3-hunter2");
        foreach (var service in services)
        {
            settings.With($"Targets:orders-db:Services:{service}", new JsonObject { ["Namespace"] = "shop" });
        }

        var bench = await DispatchBench.OpenAsync(settings: settings);
        await bench.OpenIncidentAsync(Id, Ana);
        return bench;
    }
}
