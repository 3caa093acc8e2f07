using ChatBot.Databases.MySql;

namespace ChatBot.Tests.Databases.MySql;

/// <summary>Which of several accounts of one user a client belongs to.</summary>
public class AccountHostsTests
{
    public static readonly TheoryData<string, string[], string> Clients = new()
    {
        // client                 accounts                                             the server takes
        { "localhost",            ["%", "localhost"],                                  "localhost" }, // a socket
        { "10.0.0.7:3306",        ["%", "localhost"],                                  "%" },
        { "10.0.0.7:3306",        ["%", "10.%", "10.0.0.%"],                           "10.0.0.%" },
        { "10.0.0.7:3306",        ["%", "10.0.0.%", "10.0.0.0/255.255.255.0"],         "10.0.0.0/255.255.255.0" },
        { "10.0.1.7:3306",        ["%", "10.0.0.%", "10.0.0.0/255.255.255.0"],         "%" },
        { "10.0.0.7:3306",        ["%", "10.0.0.0/24", "10.0.0.7"],                    "10.0.0.7" },
        { "10.0.0.200:3306",      ["%", "10.0.0.128/25"],                              "10.0.0.128/25" },
        { "10.0.0.7:3306",        ["", "%"],                                           "%" },
        { "10.0.0.7:3306",        [""],                                                "" },
        { "pod-7.shop:3306",      ["%", "%.shop", "pod-7.%"],                          "pod-7.%" }, // the wildcard that comes later is the more specific one
        { "pod-7.shop:3306",      ["10.0.0.%"],                                        "10.0.0.%" }, // nobody else of that name could have let it in
        { "pod-7.shop:3306",      ["10.0.0.%", "localhost"],                           "none" },
        { "FE80::1:3306",         ["%", "fe80::1"],                                    "fe80::1" },
    };

    [Theory]
    [MemberData(nameof(Clients))]
    public void The_most_specific_host_that_fits_has_the_session(string host, string[] accounts, string taken)
    {
        var session = new ClientSession(1, "app", host, "shop", "Sleep", TimeSpan.Zero, "", "");

        var counted = AccountHosts.Count([.. accounts.Select(one => new MySqlAccount("app", one, null, false))], [session]);

        Assert.Equal(taken is "none" ? [] : [taken], counted.Where(account => account.Sessions == 1).Select(account => account.Account.Host));
    }
}
