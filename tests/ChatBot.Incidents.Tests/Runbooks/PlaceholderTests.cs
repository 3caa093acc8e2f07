using ChatBot.Incidents.Runbooks;

namespace ChatBot.Incidents.Tests.Runbooks;

/// <summary>What a person pastes into a shell: the right values, and never more than values.</summary>
public class PlaceholderTests
{
    private static readonly PlaceholderValues Nothing = new(null, null, null, null, null, null);
    private static readonly PlaceholderValues Orders = new("orders-db.example", 5433, "app_reader", "orders", "checkout", "shop");

    [Theory]
    [InlineData("psql -h <host> -p <port> -U <user> -d <database> -c \"SELECT 1;\"", "psql -h orders-db.example -p 5433 -U app_reader -d orders -c \"SELECT 1;\"")]
    [InlineData("mysql -h <host> -u <user> -p<password> -e \"SHOW STATUS;\"", "mysql -h orders-db.example -u app_reader -p<password> -e \"SHOW STATUS;\"")]
    [InlineData("kubectl logs -l app=<service-name> -n <namespace> | grep -i \"pool\\|database\"", "kubectl logs -l app=checkout -n shop | grep -i \"pool\\|database\"")]
    [InlineData("psql postgresql://<user>:<password>@<host>:<port>/<database>", "psql postgresql://app_reader:<password>@orders-db.example:5433/orders")]
    [InlineData("psql \"host=<host> dbname='<database>'\" # on <host>\ncat <<EOF\n<host>\nEOF", "psql \"host=orders-db.example dbname='orders'\" # on orders-db.example\ncat <<EOF\norders-db.example\nEOF")]
    [InlineData("echo <other> <HOST> < host > <host", "echo <other> <HOST> < host > <host")]
    [InlineData("", "")]
    public void Plain_values_are_put_anywhere(string command, string filled) => Assert.Equal(filled, Placeholders.Fill(command, Orders));

    [Fact]
    public void What_is_unknown_stays_as_it_is() =>
        Assert.Equal("psql -h <host> -p <port> -U app", Placeholders.Fill("psql -h <host> -p <port> -U <user>", Nothing with { User = "app" }));

    [Fact]
    public void A_password_is_never_filled_in_by_way_of_another_value() =>
        Assert.Equal("mysql -u <user> -p<password>", Placeholders.Fill("mysql -u <user> -p<password>", Orders with { User = "<password>" }).Replace("'<password>'", "<user>", StringComparison.Ordinal));

    [Fact]
    public void A_value_is_not_filled_again() =>
        Assert.Equal("psql -h '<user>' -U app_reader", Placeholders.Fill("psql -h <host> -U <user>", Orders with { Host = "<user>" }));

    /// <summary>Where the placeholder stands as an argument of its own.</summary>
    [Theory]
    [InlineData("::1", "::1")]
    [InlineData("/var/run/postgresql", "/var/run/postgresql")]
    [InlineData("app@orders", "app@orders")]
    [InlineData("x; rm -rf /", "'x; rm -rf /'")]
    [InlineData("$(reboot)", "'$(reboot)'")]
    [InlineData("`reboot`", "'`reboot`'")]
    [InlineData("a\"b", "'a\"b'")]
    [InlineData("my orders", "'my orders'")]
    [InlineData("größe", "'größe'")]
    [InlineData("a!b", "'a!b'")]
    [InlineData("~root", "'~root'")]
    [InlineData("#x", "'#x'")]
    [InlineData("{a,b}", "'{a,b}'")]
    [InlineData("*", "'*'")]
    [InlineData("x'; rm -rf /; '", null)]
    [InlineData("x\\", null)]
    [InlineData("x\nreboot", null)]
    [InlineData("x\ty", null)]
    [InlineData("x\u001b[2J", null)]
    [InlineData("x\u202ey", null)]
    [InlineData("x\0y", null)]
    [InlineData("x\ud800", null)]
    [InlineData("-oProxyCommand", null)]
    [InlineData("host=evil.example dbname=x", null)]
    [InlineData("postgresql://evil.example/x", null)]
    [InlineData("", null)]
    [InlineData(" ", null)]
    public void A_word_of_its_own_takes_any_value_that_can_be_quoted(string value, string? put)
    {
        var filled = $"# the database\npsql -h <host> -d {put ?? "<database>"} -c \"SELECT '1';\" \\\n  {put ?? "<database>"}";

        Assert.Equal(filled, Placeholders.Fill("# the database\npsql -h <host> -d <database> -c \"SELECT '1';\" \\\n  <database>", Nothing with { Database = value }));
    }

    [Fact]
    public void A_value_that_no_name_is_as_long_as_stays_out() =>
        Assert.Equal("psql <database>", Placeholders.Fill("psql <database>", Nothing with { Database = new string('x', 256) }));

    /// <summary>Anywhere else such a value could become more than a value.</summary>
    [Theory]
    [InlineData("psql -c \"SELECT * FROM <database>\"")]
    [InlineData("psql -c 'SELECT * FROM <database>'")]
    [InlineData("psql -c \"say \\\" <database> \"")]
    [InlineData("psql \"a\n<database>\nb\"")]
    [InlineData("psql --dbname=<database>")]
    [InlineData("psql <database>.public")]
    [InlineData("psql \\<database>")]
    [InlineData("psql postgresql://<database>@host/x")]
    [InlineData("# <database>")]
    [InlineData("# don't\npsql <database> 'x'")]
    [InlineData("psql x # don't\npsql <database>")]
    [InlineData("psql -c 'no end <database>")]
    [InlineData("psql `psql <database> `")]
    [InlineData("psql $( psql <database> )")]
    [InlineData("psql \"$( psql -c \" <database> \")\"")]
    [InlineData("psql $'a\\' <database> '")]
    [InlineData("cat << EOF\npsql <database>\nEOF")]
    [InlineData("ssh bastion psql <database>")]
    [InlineData("watch psql <database>")]
    [InlineData("psql x | ssh bastion psql <database>")]
    [InlineData("psql x; eval psql <database>")]
    [InlineData("psql x && eval <database>")]
    [InlineData("kubectl exec pod -- sh -c <database>")]
    [InlineData("<database>")]
    public void Elsewhere_only_plain_values_are_put(string command)
    {
        Assert.Equal(command, Placeholders.Fill(command, Nothing with { Database = "x; reboot" }));
        Assert.Equal(command.Replace("<database>", "orders", StringComparison.Ordinal), Placeholders.Fill(command, Nothing with { Database = "orders" }));
    }

    [Theory]
    [InlineData("sql")]
    [InlineData("yaml")]
    [InlineData("powershell")]
    public void What_no_shell_reads_takes_only_plain_values(string language)
    {
        var block = new CommandBlock(language, "psql <database>");

        Assert.Equal(block, Placeholders.Fill(block, Nothing with { Database = "my orders" }));
        Assert.Equal(block with { Text = "psql orders" }, Placeholders.Fill(block, Orders));
        Assert.Equal(block with { Language = "bash", Text = "psql 'my orders'" }, Placeholders.Fill(block with { Language = "bash" }, Nothing with { Database = "my orders" }));
    }

    [Fact]
    public void Every_command_of_the_shipped_page_is_filled_completely()
    {
        var commands = RunbookPage.Read(Pages.Shipped, Pages.Types).Runbook!.Steps.SelectMany(step => step.Commands).Select(block => Placeholders.Fill(block, Orders).Text).ToList();

        Assert.NotEmpty(commands);
        Assert.All(commands, text => Assert.DoesNotMatch("<[a-z-]+>", text));
    }
}
