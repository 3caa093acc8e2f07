using ChatBot.Databases.PostgreSql;
using Npgsql;

namespace ChatBot.Tests.Databases;

public sealed class PostgreSqlTargetTests
{
    [Theory]
    [InlineData("db.example.com", SslMode.Disable, "!Password")]
    [InlineData("db.example.com", SslMode.Prefer, "!Password")]
    [InlineData("db.example.com", SslMode.Require, null)]
    [InlineData("db.example.com", SslMode.VerifyFull, null)]
    [InlineData("127.0.0.1", SslMode.Prefer, null)]
    [InlineData("/run/postgresql", SslMode.Disable, null)]
    public void The_password_itself_is_told_to_nobody_over_a_wire_that_others_may_read(string host, SslMode tls, string? auth)
    {
        var target = new PostgreSqlTarget("orders-db", host, 5432, "postgres", "chatbot", null) { Tls = tls };

        Assert.Equal(auth, new NpgsqlConnectionStringBuilder(target.ConnectionString()).RequireAuth);
    }
}
