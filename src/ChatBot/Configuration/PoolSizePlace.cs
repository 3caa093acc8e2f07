using System.Text.RegularExpressions;

namespace ChatBot.Configuration;

/// <summary>What holds the size of a pool.</summary>
internal enum PoolSizeHolder
{
    /// <summary>An environment variable of the container.</summary>
    Env,

    /// <summary>A key of a ConfigMap.</summary>
    ConfigMap,
}

/// <summary>Where the size of a service's pool is set: <c>env:NAME</c> or <c>configmap:NAME/KEY</c>, and <c>?parameter</c> when the value is a connection string.</summary>
/// <param name="Name">Of the variable, or of the ConfigMap.</param>
/// <param name="Key">Of the ConfigMap; empty for a variable.</param>
/// <param name="Parameter">The connection string's keyword or query parameter; empty when the value is the number itself.</param>
internal sealed partial record PoolSizePlace(PoolSizeHolder Holder, string Name, string Key, string Parameter)
{
    public static bool TryParse(string text, out PoolSizePlace place)
    {
        var match = Shape().Match(text);
        place = new(
            match.Groups["env"].Success ? PoolSizeHolder.Env : PoolSizeHolder.ConfigMap,
            match.Groups["env"].Success ? match.Groups["env"].Value : match.Groups["map"].Value,
            match.Groups["key"].Value,
            match.Groups["parameter"].Value);
        return match.Success;
    }

    public override string ToString() =>
        (Holder is PoolSizeHolder.Env ? $"env:{Name}" : $"configmap:{Name}/{Key}") + (Parameter.Length == 0 ? "" : $"?{Parameter}");

    // A ConfigMap's name is a DNS subdomain and its key a file name; a keyword of a connection string may have spaces.
    [GeneratedRegex(
        @"\A(?:env:(?<env>[A-Za-z_][A-Za-z0-9_.-]{0,252})|configmap:(?<map>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)/(?<key>[A-Za-z0-9._-]{1,253}))(?:\?(?<parameter>[A-Za-z](?:[A-Za-z0-9_ ]{0,61}[A-Za-z0-9])?))?\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();
}
