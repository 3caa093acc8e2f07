using ChatBot.Databases.PgBouncer;

namespace ChatBot.Tests.Databases.PgBouncer;

public sealed class ScramClientTests
{
    // The example of RFC 7677, section 3.
    private const string ServerFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private const string ServerFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    [Fact]
    public void Talks_as_the_example_of_the_RFC_does()
    {
        var client = Client();

        Assert.Equal("n,,n=user,r=rOprNGfwEbeRWgbNEkqO", client.First);
        Assert.Equal(
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            client.Answer(client.Read(ServerFirst)));
        Assert.True(client.Proves(ServerFinal));
    }

    [Theory]
    [InlineData("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")]
    [InlineData("v=")]
    [InlineData("v=AAAA")]
    [InlineData("e=invalid-proof")]
    [InlineData("")]
    public void A_server_that_does_not_know_the_password_proves_nothing(string final)
    {
        var client = Client();
        client.Answer(client.Read(ServerFirst));

        Assert.False(client.Proves(final));
    }

    [Fact]
    public void Nothing_is_proven_before_the_challenge() => Assert.False(Client().Proves(ServerFinal));

    [Theory]
    [InlineData("")]
    [InlineData("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")] // the server added nothing of its own
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=not base64,i=4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=-4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=99999999999")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=AAAA")]
    [InlineData("m=extension,r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=4096")] // mandatory, and unknown
    public void What_is_no_challenge_is_refused(string serverFirst) => Assert.Throws<InvalidDataException>(() => Client().Read(serverFirst));

    [Theory]
    [InlineData(4095)]
    [InlineData(1_000_001)]
    public void The_work_is_bounded_on_both_sides(int iterations)
    {
        var client = Client();
        var challenge = client.Read($"r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i={iterations}");

        Assert.Throws<ArgumentOutOfRangeException>(() => client.Answer(challenge));
    }

    [Theory]
    [InlineData("a pass'word\"1~", true)]
    [InlineData("Straße", false)]
    [InlineData("soft\u00adhyphen", false)]
    [InlineData("tab\t", false)]
    public void Only_passwords_that_need_no_preparation_are_used(string password, bool usable) => Assert.Equal(usable, ScramClient.CanUse(password));

    [Fact]
    public void A_nonce_is_new_each_time_and_has_no_comma()
    {
        var nonces = Enumerable.Range(0, 100).Select(_ => ScramClient.NewNonce()).ToList();

        Assert.Equal(100, nonces.Distinct().Count());
        Assert.All(nonces, nonce => Assert.Matches(@"\A[A-Za-z0-9+/]{24}\z", nonce));
    }

    private static ScramClient Client() => new("pencil", "rOprNGfwEbeRWgbNEkqO", "user");
}
