using ChatBot.Configuration;

namespace ChatBot.Databases;

/// <summary>What a warm connection has to know of its target, whatever the engine.</summary>
internal interface IWarmTarget
{
    /// <summary>The name people use, as configured.</summary>
    string Name { get; }

    /// <summary>A name, an address, or a Unix socket (starts with a slash).</summary>
    string Host { get; }

    /// <summary>Null when the account has none, or something else stands for it.</summary>
    Secret? Password { get; }

    /// <summary>For one login.</summary>
    TimeSpan ConnectTimeout { get; }

    /// <summary>For one statement, kept by the server.</summary>
    TimeSpan StatementTimeout { get; }

    /// <summary>For one use of the warm connection, kept by the bot.</summary>
    TimeSpan UseTimeout { get; }

    /// <summary>For the one round trip that shows the warm connection to be alive.</summary>
    TimeSpan PingTimeout { get; }

    /// <summary>How often an unused warm connection is tried.</summary>
    TimeSpan PingEvery { get; }
}
