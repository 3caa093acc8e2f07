using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Tests;
using static ChatBot.Incidents.Tests.EveryMitigation;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Tests.Slack.Views;

/// <summary>What a card says of a change that stays until somebody takes it back.</summary>
public class TemporaryViewTests
{
    private const string Words = "account checkout may have 48 connections; before, it had no limit. By hand: `ALTER ROLE \"checkout\" CONNECTION LIMIT -1;`";

    private static readonly TemporaryChange Limit = new(ThePlan, LimitAccount.StoredName, ThePages.Another, Noon.AddDays(1));

    [Fact]
    public void While_the_incident_is_open_it_says_until_when_and_how() => Assert.Contains(
        $"*To be undone by <!date^1795780800^{{date_short}} {{time}}|2026-11-27 12:00 UTC>:* {Words} Or ask for its step again.", Card(Stabilized.Incident, Limited), StringComparison.Ordinal);

    [Fact]
    public void Resolved_it_warns_and_names_the_statement() => Assert.Contains(
        $":warning: *To be undone by <!date^1795780800^{{date_short}} {{time}}|2026-11-27 12:00 UTC>:* {Words} /runbook followups reminds of it.",
        Card(Stabilized.Later(ThePolicy.WatchFor).Measure(40).Do(new ResolveIncident(Ana)).Incident, Limited),
        StringComparison.Ordinal);

    [Fact]
    public void A_plan_that_can_not_be_read_any_more_is_no_reason_to_say_nothing() => Assert.Contains(
        "A change of this incident stays until somebody takes it back.", Card(Stabilized.Incident, null), StringComparison.Ordinal);

    [Fact]
    public void Where_nothing_stays_nothing_is_said() =>
        Assert.DoesNotContain("undone", SeenText.Of(Cards.Card(Stabilized.Incident)), StringComparison.Ordinal);

    private static string Card(Incident incident, Mitigation? set) =>
        SeenText.Of(Cards.Card(incident with { Temporary = [Limit] }, Cards.Context() with { ToUndo = set is null ? [] : [set] }));
}
