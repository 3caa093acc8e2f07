using ChatBot.Slack.Views;

namespace ChatBot.Tests.Slack.Views;

public class SpokenTests
{
    public static readonly TheoryData<double, string> Durations = new()
    {
        // seconds     said
        { -5,          "0 s" },
        { 0,           "0 s" },
        { 0.4,         "0 s" },
        { 1,           "1 s" },
        { 60,          "60 s" },
        { 89,          "89 s" },
        { 90,          "2 min" }, // from here on nobody needs the seconds
        { 150,         "2 min" },
        { 151,         "3 min" },
        { 60 * 89,     "89 min" },
        { 60 * 90,     "1.5 h" },
        { 3_600 * 35,  "35 h" },
        { 3_600 * 36,  "1.5 days" },
        { 86_400 * 90, "90 days" },
    };

    [Theory]
    [MemberData(nameof(Durations))]
    public void A_duration_is_said_in_one_unit(double seconds, string said) =>
        Assert.Equal(said, Spoken.Duration(TimeSpan.FromSeconds(seconds)));

    public static readonly TheoryData<double, string> Forecasts = new()
    {
        // seconds       said
        { -5,            "about 5 s" },
        { 0,             "about 5 s" },
        { 7,             "about 5 s" },
        { 8,             "about 10 s" },
        { 40.9,          "about 40 s" },
        { 89,            "about 90 s" },
        { 90,            "about 2 min" },
        { 60 * 19.4,     "about 19 min" },
        { 60 * 20,       "about 20 min" },
        { 60 * 23,       "about 25 min" },
        { 60 * 87,       "about 85 min" },
        { 60 * 88,       "about 1.5 h" },
        { 3_600 * 24,    "about 24 h" },
    };

    [Theory]
    [MemberData(nameof(Forecasts))]
    public void A_forecast_is_said_roughly(double seconds, string said) =>
        Assert.Equal(said, Spoken.About(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(6, "+6/min")]
    [InlineData(0.4, "+0.4/min")]
    [InlineData(0.04, "+0.04/min")]
    [InlineData(0.001, "+0.01/min")]
    [InlineData(0, "+0/min")]
    [InlineData(2.54, "+2.5/min")]
    [InlineData(9.96, "+10/min")]
    [InlineData(10.4, "+10/min")]
    [InlineData(1_234.5, "+1234/min")]
    [InlineData(-0.4, "-0.4/min")]
    [InlineData(-0.001, "-0.01/min")]
    [InlineData(-12.6, "-13/min")]
    public void A_rate_has_its_sign_and_never_looks_like_none(double perMinute, string said) =>
        Assert.Equal(said, Spoken.Rate(perMinute));

    [Theory]
    [InlineData(0, "0 sessions")]
    [InlineData(1, "1 session")]
    [InlineData(1_000, "1000 sessions")]
    public void One_is_not_many(int count, string said) => Assert.Equal(said, Spoken.Sessions(count));

    [Theory]
    [InlineData(0.8, "80 %")]
    [InlineData(0.995, "100 %")]
    [InlineData(0.125, "12 %")]
    public void A_share_is_said_in_percent(double share, string said) => Assert.Equal(said, Spoken.Share(share));
}
