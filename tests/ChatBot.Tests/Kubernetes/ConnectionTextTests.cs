using ChatBot.Kubernetes;

namespace ChatBot.Tests.Kubernetes;

public sealed class ConnectionTextTests
{
    [Theory]
    [InlineData("postgres://shop:p%40ss@db:5432/shop?pool=5&sslmode=require", "pool", "postgres://shop:p%40ss@db:5432/shop?pool=9&sslmode=require")]
    [InlineData("postgresql://shop:p%3Fss@db/shop?sslmode=require&pool_max_conns=20", "pool_max_conns", "postgresql://shop:p%3Fss@db/shop?sslmode=require&pool_max_conns=9")]
    [InlineData("mysql://u:p@db/shop?connection_limit=5#main", "connection_limit", "mysql://u:p@db/shop?connection_limit=9#main")]
    [InlineData("jdbc:postgresql://db/shop?user=u&maximumPoolSize=20", "maximumPoolSize", "jdbc:postgresql://db/shop?user=u&maximumPoolSize=9")]
    [InlineData("postgres://u:p@db/shop?application_name=a%26pool%3D7&pool=5", "pool", "postgres://u:p@db/shop?application_name=a%26pool%3D7&pool=9")]
    public void An_address_keeps_all_but_the_parameter(string text, string parameter, string written) =>
        Assert.Equal(written, ConnectionText.Write(text, parameter, 9));

    [Theory]
    [InlineData("Host=db;Username=shop;Password=\"a;b=c\";Maximum Pool Size=20", "Maximum Pool Size", "Password")]
    [InlineData("Server=db; Uid=shop; MaxPoolSize=20; Pwd='x y'", "MaxPoolSize", "Pwd")]
    [InlineData("maximum pool size=20;Host=db", "Maximum Pool Size", "Host")]
    public void Keywords_keep_all_but_the_parameter(string text, string parameter, string other)
    {
        var written = ConnectionText.Write(text, parameter, 9)!;

        Assert.Equal("9", ConnectionText.Read(written, parameter));
        Assert.Equal(ConnectionText.Read(text, other), ConnectionText.Read(written, other));
    }

    [Theory]
    [InlineData("postgres://u:p@db/shop", "pool")] // not there
    [InlineData("postgres://u:p@db/shop?pool=5&pool=7", "pool")] // which one?
    [InlineData("postgres://u:pool=5@db/shop", "pool")] // a password
    [InlineData("Host=db;Password=\"Maximum Pool Size=5\"", "Maximum Pool Size")]
    [InlineData("Host=db;;=;", "Maximum Pool Size")]
    [InlineData("host=db pool_max_conns=20", "pool_max_conns")] // libpq's form is none of the two
    [InlineData("", "pool")]
    [InlineData("20", "pool")]
    public void What_is_not_plainly_there_is_not_there(string text, string parameter)
    {
        Assert.Null(ConnectionText.Read(text, parameter));
        Assert.Null(ConnectionText.Write(text, parameter, 9));
    }
}
