using ChatBot.Incidents.Approvals;
using static ChatBot.Incidents.Tests.Given;
using static ChatBot.Incidents.Tests.RefusalCase;

namespace ChatBot.Incidents.Tests;

/// <summary>Who leads the response, and who joins it.</summary>
public sealed class LeadTests
{
    private static readonly AssignIncident TakeOver = new(Carl, Carl);
    private static readonly AssignIncident HandOver = new(Dora, Ana);
    private static readonly JoinIncident Join = new(Carl, Channel);

    public static readonly TheoryDataRow<RefusalCase>[] Assigning =
    [
        Row("a guest", Deciding, new AssignIncident(Guest, Guest), "Only members of this workspace", Facts(Standing.Outsider)),
        Row("a bot", Deciding, TakeOver, "Only members of this workspace", Facts(Standing.Bot)),
        Row("when resolved", Resolved, TakeOver, "It is over already: the incident is resolved"),
        Row("when stopped", Aborted, TakeOver, "It is over already: the incident was stopped"),
        Row("who leads already", Deciding, new AssignIncident(Ana, Ana), "You lead it already."),
        Row("to the one who leads", Deciding, new AssignIncident(Ana, Carl), "<@U0ANA> leads it already."),
        Row("to a guest", Deciding, new AssignIncident(Guest, Ana), "<@U0GUEST> isn't a member of this workspace. Name somebody who is.", Facts(named: Standing.Outsider)),
        Row("to a bot", Deciding, HandOver, "<@U0DORA> isn't a member", Facts(named: Standing.Bot)),
        Row("to who has left", Deciding, HandOver, "<@U0DORA> isn't a member", Facts(named: Standing.Deactivated)),
        Row("to nobody known", Deciding, HandOver, "I couldn't verify with Slack who <@U0DORA> is", Facts(named: null)),
        Row("while Slack is silent", Deciding, HandOver, "I couldn't verify with Slack who <@U0DORA> is", Facts(named: Standing.Unverified)),
        Row("before it is open", new Story(), TakeOver, "I don't know this incident"),
    ];

    public static readonly TheoryDataRow<RefusalCase>[] Joining =
    [
        Row("a guest", Deciding, new JoinIncident(Guest, Channel), "Only members of this workspace", Facts(Standing.Outsider)),
        Row("when resolved", Resolved, Join, "It is over already: the incident is resolved"),
        Row("when stopped", Aborted, Join, "It is over already: the incident was stopped"),
    ];

    [Theory]
    [MemberData(nameof(Assigning))]
    public void Refuses_another_lead(RefusalCase refusal) => refusal.Verify();

    [Theory]
    [MemberData(nameof(Joining))]
    public void Refuses_to_join(RefusalCase refusal) => refusal.Verify();

    [Fact]
    public void Who_opens_it_leads_it() => Assert.Equal(Ana, Deciding.Incident.Lead);

    [Fact]
    public void Who_takes_over_leads_and_nobody_has_to_vouch_for_them()
    {
        var story = Executing.Then(TakeOver, Facts(Standing.Member, named: null));

        Assert.Equal([new IncidentAssigned(Carl, Carl) { At = story.Now }], story.Latest);
        Assert.Equal((Carl, Ana), (story.Incident.Lead, story.Incident.OpenedBy));
    }

    [Theory]
    [InlineData(Standing.Member)]
    [InlineData(Standing.Approver)]
    public void A_member_can_be_handed_the_lead_by_whoever_responds(Standing named)
    {
        var story = Deciding.Then(HandOver, Facts(named: named));
        Assert.Equal(Dora, story.Incident.Lead);

        Assert.Equal(Ana, story.Then(new AssignIncident(Ana, Carl), Facts(named: named)).Incident.Lead);
    }

    [Fact]
    public void A_second_start_joins_the_open_incident_and_says_where_it_is()
    {
        var story = Deciding.Then(Join);

        Assert.Equal([new ResponderJoined(Carl, Channel) { At = story.Now }], story.Latest);
        Assert.Equal("An incident on orders-db is open already, led by <@U0ANA>: see its card in this channel. You joined it.", story.Note);
        Assert.Equal([Carl], story.Incident.Joined);
    }

    [Fact]
    public void A_second_start_elsewhere_leads_to_the_channel_and_to_who_leads_now()
    {
        var story = Deciding.Then(new AssignIncident(Dora, Dora)).Then(Join with { Channel = "C0OTHER" });

        Assert.Equal("An incident on orders-db is open already, led by <@U0DORA>: see its card in <#C0INCIDENTS>. You joined it.", story.Note);
        Assert.Equal("C0OTHER", Assert.IsType<ResponderJoined>(Assert.Single(story.Latest)).Channel);
    }

    [Fact]
    public void Each_joins_once_and_who_opened_it_never_but_all_are_told_where_it_is()
    {
        var story = Deciding.Then(Join).Then(new JoinIncident(Boris, Channel)).Then(Join);
        Assert.Empty(story.Latest);
        Assert.NotNull(story.Note);

        story.Then(new JoinIncident(Ana, Channel));
        Assert.Empty(story.Latest);
        Assert.NotNull(story.Note);
        Assert.Equal([Carl, Boris], story.Incident.Joined);
    }
}
