using System.Text;

namespace ChatBot.Incidents.Tests.Evidence;

/// <summary>Made-up secrets of every kind we claim to hide, and the places where they turn up.</summary>
/// <remarks>Put together here from their formats, so that no scanner takes this file for a leak.</remarks>
internal static class PlantedSecrets
{
    private const string Base62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string Hex = "0123456789abcdef";

    /// <summary>Each can be told by its shape, wherever it stands.</summary>
    public static IReadOnlyList<(string Kind, string Secret)> ByShape(Random chance) =>
    [
        ("AWS access key", "AKIA" + Draw(chance, Base62[..26] + "234567", 16)),
        ("AWS temporary key", "ASIA" + Draw(chance, Base62[..26] + "234567", 16)),
        ("AWS secret key", Draw(chance, Base62 + "+/", 40)),
        ("GitHub token", "ghp" + "_" + Draw(chance, Base62, 36)),
        ("GitHub server token", "ghs" + "_" + Draw(chance, Base62, 36)),
        ("GitHub fine-grained token", "github" + "_pat_" + Draw(chance, Base62, 22) + "_" + Draw(chance, Base62, 59)),
        ("GitLab token", "glpat" + "-" + Draw(chance, Base62, 20)),
        ("Slack bot token", "xoxb" + "-" + Draw(chance, Hex[..10], 12) + "-" + Draw(chance, Base62, 24)),
        ("Slack app token", "xapp" + "-1-" + Draw(chance, Base62, 11) + "-" + Draw(chance, Hex, 64)),
        ("Stripe key", "sk" + "_live_" + Draw(chance, Base62, 24)),
        ("Stripe test key", "rk" + "_test_" + Draw(chance, Base62, 24)),
        ("Google API key", "AIza" + Draw(chance, Base62 + "-_", 35)),
        ("Google OAuth token", "ya29" + "." + Draw(chance, Base62 + "-_", 60)),
        ("SendGrid key", "SG" + "." + Draw(chance, Base62, 22) + "." + Draw(chance, Base62, 43)),
        ("npm token", "npm" + "_" + Draw(chance, Base62, 36)),
        ("OpenAI-like key", "sk" + "-proj-" + Draw(chance, Base62, 40)),
        ("Vault token", "hvs" + "." + Draw(chance, Base62, 24)),
        ("JSON Web Token", "eyJ" + Draw(chance, Base62, 33) + "." + Draw(chance, Base62, 60) + "." + Draw(chance, Base62 + "-_", 43)),
        ("hex key", Draw(chance, Hex, 32)),
        ("long hex key", Draw(chance, Hex, 64)),
        ("base64 key", Draw(chance, Base62, 43) + "="),
        ("card", "4111 1111 1111 1111"),
        ("card in one", "5500005555555559"),
        ("card with hyphens", "3782-822463-10005"),
    ];

    /// <summary>Each is hidden because of the words around it. 0 is the secret's place.</summary>
    public static IReadOnlyList<string> Frames { get; } =
    [
        "Host=db;Username=app;Password={0};Database=orders",
        "Server=db;Uid=app;Pwd={0}",
        "password={0}",
        "password = '{0}'",
        "password: {0}",
        "{{\"password\": \"{0}\"}}",
        "{{\"user\":\"app\",\"password\":\"{0}\",\"port\":1}}",
        "{{\\\"password\\\":\\\"{0}\\\"}}",
        "PGPASSWORD={0} psql -h db",
        "DB_PASS={0}",
        "client_secret={0}&grant_type=x",
        "https://example.com/cb?access_token={0}&state=1",
        "postgres://app:{0}@db:5432/orders",
        "could not connect to postgresql://app:{0}@db/orders?sslmode=require",
        "app:{0}@tcp(db:3306)/orders",
        "Authorization: Bearer {0}",
        "curl -H 'Authorization: Basic {0}' https://example.com",
        "api_key={0}",
        "apiKey: \"{0}\"",
        "X-Api-Key: {0}",
        "--password {0} --host db",
        "--token={0}",
        "alter role app password '{0}'",
        "create user app identified by '{0}'",
        "AccountKey={0};EndpointSuffix=core.windows.net",
        "SECRET_ACCESS_KEY={0}",
        "Cookie: session={0}; theme=dark",
        "config(password={0}, user=app)",
        "password%3D{0}",
        "-----BEGIN PRIVATE KEY----- {0} -----END PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY----- {0}",
        "{0} -----END RSA PRIVATE KEY----- and then",
    ];

    /// <summary>Places that say nothing about the secret.</summary>
    public static IReadOnlyList<string> Placements { get; } =
    [
        "{0}",
        "key {0} was used",
        "[{0}]",
        "({0}).",
        "\"{0}\"",
        "'{0}',",
        "a,{0},b",
        "value={0}",
        "{{\"x\":\"{0}\"}}",
        "/reset/{0}",
        "https://example.com/{0}?x=1",
        "<{0}>",
    ];

    /// <summary>A password: 14 characters that mean nothing anywhere.</summary>
    public static string Password(Random chance) => Draw(chance, Base62, 14);

    private static string Draw(Random chance, string alphabet, int length)
    {
        var drawn = new StringBuilder(length);
        for (var i = 0; i < length; i++)
        {
            drawn.Append(alphabet[chance.Next(alphabet.Length)]);
        }

        return drawn.ToString();
    }
}
