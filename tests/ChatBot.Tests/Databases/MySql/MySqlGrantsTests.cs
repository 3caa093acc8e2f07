using ChatBot.Databases.MySql;

namespace ChatBot.Tests.Databases.MySql;

/// <summary>What the servers print of an account's rights, as MySQL 9.7 and MariaDB 10.11 do.</summary>
public class MySqlGrantsTests
{
    private static readonly MySqlGrants Owner = new(
    [
        "GRANT `helpers` TO `chatbot_owner`@`localhost`",
        "GRANT PROCESS, CONNECTION ADMIN ON *.* TO `chatbot_owner`@`localhost` IDENTIFIED BY PASSWORD '*1'",
        "GRANT SELECT (`User`, `Host`), UPDATE (`Host`), SELECT (`Priv`) ON `mysql`.`global_priv` TO `chatbot_owner`@`localhost`",
        "GRANT SELECT ON `performance\\_schema`.* TO `chatbot_owner`@`localhost`",
        "GRANT ALL PRIVILEGES ON `chatbot`.* TO `chatbot_owner`@`localhost` WITH GRANT OPTION",
        "GRANT EXECUTE ON PROCEDURE `shop`.`end_session` TO `chatbot_owner`@`localhost`",
    ]);

    [Theory]
    [InlineData("process on *.*", true)]
    [InlineData("connection admin on *.*", true)]
    [InlineData("connection_admin on *.*", false)]
    [InlineData("create user on *.*", false)]
    [InlineData("select (User) on mysql.global_priv", true)]
    [InlineData("select (host, user) on mysql.global_priv", true)]
    [InlineData("select (User, Host, Priv) on mysql.global_priv", false)] // not in one grant; no server prints it in two
    [InlineData("select on mysql.global_priv", false)]
    [InlineData("update (User) on mysql.global_priv", false)]
    [InlineData("select on mysql.user", false)]
    [InlineData("select on performance_schema.threads", true)]
    [InlineData("select (THREAD_ID) on performance_schema.threads", true)]
    [InlineData("select on chatbot.accounts", true)]
    [InlineData("execute on procedure chatbot.end_session", true)]
    [InlineData("execute on procedure shop.end_session", true)]
    [InlineData("execute on procedure shop.cancel_statement", false)]
    public void A_right_is_there_when_it_was_granted_for_that_or_for_more(string right, bool isThere) => Assert.Equal(isThere, Owner.Include(right));

    [Fact]
    public void A_right_on_everything_is_one_on_each()
    {
        var root = new MySqlGrants(["GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION"]);

        Assert.All(["process on *.*", "select (User) on mysql.user", "execute on procedure chatbot.end_session"], right => Assert.True(root.Include(right)));
    }

    [Fact]
    public void They_are_those_of_the_account_that_they_name()
    {
        Assert.True(Owner.AreOf("`chatbot_owner`@`localhost`"));
        Assert.False(Owner.AreOf("`chatbot`@`%`"));
    }
}
