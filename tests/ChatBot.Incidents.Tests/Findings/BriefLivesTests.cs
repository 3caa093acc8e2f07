using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Findings.Pooling;
using static ChatBot.Incidents.Tests.Given;

namespace ChatBot.Incidents.Tests.Findings;

public class BriefLivesTests
{
    /// <summary>Seconds from the first look: when a session began and when it ended; null while it goes on.</summary>
    public static readonly IEnumerable<TheoryDataRow<(double From, double? To)[], bool>> Services =
    [
        Row("one after the other", [(-1, 1.5), (1.6, 2.5), (2.6, 3.5), (3.6, 4.5), (4.6, null)], true),
        Row("a pool that rests", [(-3600, null), (-1800, null), (-60, null)], false),
        Row("a pool that fills at its start", [(0.1, null), (0.2, null), (0.3, null), (0.4, null)], false),
        Row("two that ended are chance", [(-1, 1.5), (1.6, 2.5), (2.6, null)], false),
        Row("a rollout: the old ones go, the new ones stay", [(-900, 1.5), (-900, 1.5), (-900, 2.5), (1.2, null), (2.2, null), (2.3, null)], false),
        Row("a large pool beside a job", [.. Enumerable.Repeat<(double, double?)>((-3600, null), 10), (0.5, 1.5), (1.6, 2.5), (2.6, 3.5)], false),
        Row("a small pool beside a churn", [(-3600, null), (-3600, null), (0.5, 1.5), (1.6, 2.5), (2.6, 3.5), (3.6, 4.5)], true),
        Row("nobody", [], false),
    ];

    [Theory]
    [MemberData(nameof(Services))]
    public void Only_connections_that_end_young_one_after_the_other_come_from_no_pool((double From, double? To)[] lives, bool brief) =>
        Assert.Equal(brief, BriefLivesRule.Examine(ConnectionLives.Of(Looks(lives))).Count == 1);

    [Fact]
    public void The_numbers_are_those_of_the_looks()
    {
        var lives = ConnectionLives.Of(Looks((-1, 1.5), (1.6, 2.5), (2.6, 3.5), (4.6, null), (-61, null)));

        var service = Assert.Single(lives.Services);
        Assert.Equal((2, 3, 3, 3), (service.Held, service.Births, service.Ended, service.EndedYoung));
        Assert.Equal(TimeSpan.FromSeconds(0.4), service.MedianAge);
        Assert.Equal(TimeSpan.FromSeconds(66), service.LongestAge);
        Assert.Equal(36, BriefLivesRule.Examine(lives).Single().BirthsPerMinute, 6);
    }

    [Fact]
    public void Logins_beyond_those_seen_are_counted_and_belong_to_nobody()
    {
        var looks = Looks((1.6, 2.5), (-60, null)).ToList();

        Assert.Null(ConnectionLives.Of(looks).Unseen);
        Assert.Equal(6, ConnectionLives.Of([looks[0] with { Logins = 100 }, .. looks[1..^1], looks[^1] with { Logins = 107 }]).Unseen);
        Assert.Equal(0, ConnectionLives.Of([looks[0] with { Logins = 100 }, .. looks[1..^1], looks[^1] with { Logins = 3 }]).Unseen); // reset meanwhile
    }

    [Fact]
    public void What_falls_off_the_end_of_a_cut_look_has_not_ended()
    {
        var looks = Looks((-3600, null), (-1800, null), (3.5, null)).ToList();
        looks[^1] = looks[^1] with { Sessions = [.. looks[^1].Sessions.Take(2)], IsComplete = false }; // the oldest is missing

        var service = Assert.Single(ConnectionLives.Of(looks).Services);

        Assert.Equal((2, 1, 0), (service.Held, service.Births, service.Ended));
    }

    [Fact]
    public void A_number_that_is_used_again_is_another_session()
    {
        var looks = Looks().ToList();
        for (var at = 0; at < looks.Count; at++)
        {
            looks[at] = looks[at] with { Sessions = [Session(4711, Noon.AddSeconds(at - 0.5))] };
        }

        Assert.Equal((5, 5), (ConnectionLives.Of(looks).Services[0].Births, ConnectionLives.Of(looks).Services[0].Ended));
    }

    [Theory]
    [InlineData("PostgreSQL JDBC Driver", ClientPlatform.Jvm)]
    [InlineData("orders-java", ClientPlatform.Jvm)]
    [InlineData("gunicorn: worker [shop]", ClientPlatform.Python)]
    [InlineData("django", ClientPlatform.Python)]
    [InlineData("node-postgres", ClientPlatform.Node)]
    [InlineData("shop Npgsql", ClientPlatform.DotNet)]
    [InlineData("php-fpm: pool www", ClientPlatform.Php)]
    [InlineData("pgx", ClientPlatform.Go)]
    [InlineData("puma: cluster worker 0", ClientPlatform.Ruby)]
    [InlineData("psql", ClientPlatform.Tool)]
    [InlineData("pgAdmin 4 - CONN:123", ClientPlatform.Tool)]
    [InlineData("mongo-sync", ClientPlatform.Unknown)]
    [InlineData("algolia", ClientPlatform.Unknown)]
    [InlineData("javascripty", ClientPlatform.Unknown)]
    [InlineData("<!channel>", ClientPlatform.Unknown)]
    [InlineData("", ClientPlatform.Unknown)]
    public void A_stack_is_guessed_from_the_name_that_its_sessions_send(string application, ClientPlatform platform) =>
        Assert.Equal(platform, ClientPlatforms.Guess(ForeignText.From(application, 63)));

    /// <summary>Six looks, a second apart.</summary>
    private static IReadOnlyList<SessionLook> Looks(params (double From, double? To)[] lives) =>
    [
        .. Enumerable.Range(0, 6).Select(at => new SessionLook(
            Noon.AddSeconds(at),
            [
                .. lives.Select((life, number) => (life, number))
                    .Where(one => one.life.From <= at && (one.life.To is null || one.life.To > at))
                    .OrderByDescending(one => one.life.From)
                    .Select(one => Session(one.number, Noon + TimeSpan.FromMilliseconds(Math.Round(1_000 * one.life.From)))),
            ],
            IsComplete: true,
            SeesStarts: true,
            Logins: null)),
    ];

    private static SeenSession Session(long number, DateTimeOffset started) => new(number, started, ForeignText.From("shop", 63), ForeignText.From("app", 63));

    private static TheoryDataRow<(double From, double? To)[], bool> Row(string label, (double From, double? To)[] lives, bool brief) => new(lives, brief) { Label = label };
}
