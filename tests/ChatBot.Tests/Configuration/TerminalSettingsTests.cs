using System.Text.Json.Nodes;

namespace ChatBot.Tests.Configuration;

public sealed class TerminalSettingsTests
{
    private const string ATokenIs = "expected 32 to 200 random characters without spaces, such as from openssl rand -hex 32";

    public static readonly TheoryData<string, string?, string[]> Cases = new()
    {
        // path below Terminal, its value as JSON (null: the key is missing), every line expected
        { "Port", null, ["Terminal:Port  found nothing  expected a port from 1 to 65535, because Terminal:People has people"] },
        { "Port", "0", ["Terminal:Port  found \"0\"  expected a port from 1 to 65535, because Terminal:People has people"] },
        { "People", null, ["Terminal:People  found nobody  expected at least one person, such as Terminal:People:ana, because Terminal:Port is set"] },
        { "Prt", "1", ["Terminal:Prt  found an unknown key  expected one of People, Port"] },
        { "People:ana:User", null, ["Terminal:People:ana:User  found nothing  expected a Slack user id, U... or W..."] },
        { "People:ana:User", "\"S0DBA\"", ["Terminal:People:ana:User  found \"S0DBA\"  expected a Slack user id, U... or W..."] },
        { "People:ana:User", "\"@ana\"", ["Terminal:People:ana:User  found \"@ana\"  expected a Slack user id, U... or W..."] },
        { "People:ana:User", "\"W0BORIS\"", ["Terminal:People:boris:User  found the account of another person  expected an account of their own for everybody"] },
        { "People:ana:Team", null, ["Terminal:People:ana:Team  found nothing  expected a Slack workspace id, T... (E... in an Enterprise organisation)"] },
        { "People:ana:Team", "\"home\"", ["Terminal:People:ana:Team  found \"home\"  expected a Slack workspace id, T... (E... in an Enterprise organisation)"] },
        { "People:ana:Groups", "[\"U0ANA\"]", ["Terminal:People:ana:Groups:0  found \"U0ANA\"  expected Slack ids of user groups (S...)"] },
        { "People:ana:Token", null, [$"Terminal:People:ana:Token  found nothing  {ATokenIs}, here or in the file that TokenFile names"] },
        { "People:ana:Token", "\"canary-9-0123456789abcdefghijkl\"", [$"Terminal:People:ana:Token  found ***  {ATokenIs}"] }, // 31 characters
        { "People:ana:Token", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", [$"Terminal:People:ana:Token  found ***  {ATokenIs}"] },
        { "People:ana:Token", "\"passwordpasswordpasswordpassword\"", [$"Terminal:People:ana:Token  found ***  {ATokenIs}"] },
        { "People:ana:Token", "\"canary-9 0123456789abcdefghijklmn\"", [$"Terminal:People:ana:Token  found ***  {ATokenIs}"] },
        { "People:ana:Token", "\"canary-2-0123456789abcdefghijklmnop\"", ["Terminal:People:boris:Token  found the token of another person  expected a token of their own for everybody"] },
        { "People:ana:TokenFile", "\"/dev/null\"", ["Terminal:People:ana:Token  found this and TokenFile  expected only one of them"] },
        {
            "People:a na", "{\"User\": \"U0CARL\", \"Team\": \"T0HOME\", \"Token\": \"canary-3-0123456789abcdefghijklmnop\"}",
            ["Terminal:People:a\\u0020na  found an unusable name  expected 1 to 40 of a-z, A-Z, 0-9, dot, hyphen and underscore, starting with a letter or digit"]
        },
    };

    [Fact]
    public void Reads_the_port_and_everybody_who_may_come_in()
    {
        var (options, mistakes) = Given.Read(Given.Full());

        Assert.Empty(mistakes);
        Assert.Equal(8371, options!.Terminal.Port);
        var ana = options.Terminal.People["ana"];
        Assert.Equal(("ana", "U0ANA", "T0HOME"), (ana.Name, ana.User, ana.Team));
        Assert.Equal(["S0123ABCD"], ana.Groups);
        Assert.Equal("canary-1-0123456789abcdefghijklmnop", ana.Token.Reveal());
        Assert.Same(ana, options.Terminal.Find("T0HOME", "U0ANA"));
        Assert.Null(options.Terminal.Find("E0HOME", "U0ANA"));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Names_the_key_what_was_found_and_what_is_expected(string path, string? json, string[] lines)
    {
        var settings = Given.Full().With($"Terminal:{path}", json is null ? null : JsonNode.Parse(json), remove: json is null);

        var (options, mistakes) = Given.Read(settings);

        Assert.Null(options);
        Assert.Equal(lines, mistakes);
    }
}
