using ChatBot.Configuration;
using Microsoft.Extensions.Configuration;

namespace ChatBot.Tests.Configuration;

/// <summary>A password in a file may change while the bot runs.</summary>
public sealed class FileSecretTests : IDisposable
{
    private const string Key = "Targets:orders-db:PasswordFile";

    private readonly string _folder = Directory.CreateTempSubdirectory("chatbot-secret-").FullName;
    private readonly List<string> _said = [];
    private readonly FileSecret _password;

    public FileSecretTests()
    {
        File.WriteAllText(Place, "canary-first\n");
        _password = new FileSecret(Key, Place, "canary-first");
        _password.Lost += _said.Add;
    }

    /// <summary>What may become of the file, and what is said about it.</summary>
    public static readonly TheoryData<string?, string> Unusable = new()
    {
        { null, "expected the path of a file that exists" },
        { "", "found an empty file" },
        { "\n", "found an empty file" },
        { "canary-two\ncanary-lines\n", "found more than one line" },
        { new string('x', 70_000), "found a larger file" },
    };

    private string Place => Path.Combine(_folder, "password");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_next_login_uses_what_the_file_holds_then()
    {
        Assert.Equal("canary-first", _password.Reveal());

        File.WriteAllText(Place, "canary-second\r\n");

        Assert.Equal("canary-second", _password.Reveal());
        Assert.Empty(_said);
    }

    [Fact]
    public void A_secret_of_Kubernetes_changes_by_another_symbolic_link()
    {
        // As the kubelet does it: password -> ..data/password, ..data -> a folder for each version, swapped by a rename.
        Version("..1", "canary-first");
        Version("..2", "canary-second");
        File.Delete(Place);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "..data"), "..1");
        File.CreateSymbolicLink(Place, Path.Combine("..data", "password"));
        Assert.Equal("canary-first", _password.Reveal());

        File.Delete(Path.Combine(_folder, "..data"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "..data"), "..2");
        Directory.Delete(Path.Combine(_folder, "..1"), recursive: true);

        Assert.Equal("canary-second", _password.Reveal());
        Assert.Empty(_said);

        void Version(string name, string password)
        {
            Directory.CreateDirectory(Path.Combine(_folder, name));
            File.WriteAllText(Path.Combine(_folder, name, "password"), password);
        }
    }

    [Theory]
    [MemberData(nameof(Unusable))]
    public void Without_a_password_in_it_the_last_one_is_kept_and_that_is_said_once(string? content, string words)
    {
        File.WriteAllText(Place, "canary-second");
        Assert.Equal("canary-second", _password.Reveal());
        Break();

        Assert.Equal("canary-second", _password.Reveal());
        Assert.Equal("canary-second", _password.Reveal());
        var said = Assert.Single(_said);
        Assert.StartsWith($"{Key}  found ", said, StringComparison.Ordinal);
        Assert.Contains(words, said, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", said, StringComparison.Ordinal);

        // It comes back, and is lost again: that is news.
        File.WriteAllText(Place, "canary-third");
        Assert.Equal("canary-third", _password.Reveal());
        Break();
        Assert.Equal("canary-third", _password.Reveal());
        Assert.Equal(2, _said.Count);

        void Break()
        {
            if (content is null)
            {
                File.Delete(Place);
            }
            else
            {
                File.WriteAllText(Place, content);
            }
        }
    }

    [Fact]
    public void It_prints_as_stars() => Assert.Equal("***", $"{_password}");

    [Fact]
    public void Targets_and_their_poolers_read_theirs_again_and_nobody_else()
    {
        var settings = Given.Smallest().With("Targets:orders-db:PasswordFile", Place)
            .With("Targets:orders-db:PgBouncer:Host", "127.0.0.1").With("Targets:orders-db:PgBouncer:User", "chatbot").With("Targets:orders-db:PgBouncer:PasswordFile", Place)
            .With("Targets:billing-db:Host", "127.0.0.1").With("Targets:billing-db:User", "chatbot").With("Targets:billing-db:Environment", "PRODUCTION")
            .With("Targets:billing-db:Password", "canary-inline");

        var (options, mistakes) = Given.Read(settings);

        Assert.Empty(mistakes);
        var target = options!.Targets["orders-db"];
        Assert.IsType<FileSecret>(target.Password);
        Assert.IsType<FileSecret>(target.PgBouncer!.Password);
        Assert.IsNotType<FileSecret>(options.Targets["billing-db"].Password);
        File.WriteAllText(Place, "canary-second");
        Assert.Equal("canary-second", target.Password!.Reveal());
        Assert.Equal("canary-second", target.PgBouncer.Password!.Reveal());
    }

    [Fact]
    public void The_doctor_needs_no_settings_of_Slack()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Targets:orders-db:Host"] = "127.0.0.1",
            ["Targets:orders-db:User"] = "chatbot",
            ["Targets:orders-db:Environment"] = "PRODUCTION",
            ["Watch:SampleEvery"] = "never",
        }).Build();

        Assert.NotNull(ChatBotConfiguration.ReadDatabases(settings).Options);
        settings["Targets:orders-db:Port"] = "0";
        Assert.StartsWith("Targets:orders-db:Port ", Assert.Single(ChatBotConfiguration.ReadDatabases(settings).Mistakes), StringComparison.Ordinal);
    }
}
