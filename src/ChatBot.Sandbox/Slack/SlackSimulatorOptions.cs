namespace ChatBot.Sandbox.Slack;

/// <summary>The workspace to start with, the app in it, and how strictly time is kept.</summary>
public sealed record SlackSimulatorOptions
{
    public string TeamId { get; init; } = "T0PRACTICE";

    public string TeamName { get; init; } = "Practice";

    public string AppId { get; init; } = "A0CHATBOT1";

    /// <summary>Somebody for each role a test needs; exactly one is the bot.</summary>
    public IReadOnlyList<SlackUser> Users { get; init; } =
    [
        new("U0CHATBOT1", "chatbot", "ChatBot") { IsBot = true },
        new("U0ANA00001", "ana", "Ana Adler"),
        new("U0BORIS001", "boris", "Boris Brandt"),
        new("U0CARL0001", "carl", "Carl Castro"),
        new("U0GUEST001", "guest", "Gus Guest") { IsRestricted = true },
        new("U0STRANGE1", "stranger", "Sam Stranger") { IsStranger = true, TeamId = "T0ELSEWHER" },
    ];

    public IReadOnlyList<SlackUserGroup> UserGroups { get; init; } =
        [new("S0DBONCALL", "db-oncall", "Database on call", ["ana", "boris", "carl"])];

    public IReadOnlyList<SlackChannel> Channels { get; init; } =
    [
        new("C0ORDERSDB", "inc-orders-db", ["chatbot", "ana", "boris", "carl", "guest", "stranger"]),
        new("C0GENERAL1", "general", ["ana", "boris", "carl"]),
    ];

    /// <summary>Commands the app has; any other is refused by Slack itself.</summary>
    public IReadOnlyList<string> SlashCommands { get; init; } = ["/runbook"];

    /// <summary>Whether @names and #channels in a command's text arrive as ids (should_escape of the manifest).</summary>
    public bool EscapesCommandText { get; init; } = true;

    /// <summary>Events the app subscribed to: <c>app_mention</c>, <c>message.channels</c>.</summary>
    public IReadOnlyList<string> Events { get; init; } = ["app_mention"];

    public string BotToken { get; init; } = "xoxb-practice-bot";

    public string AppToken { get; init; } = "xapp-practice-app";

    public IReadOnlyList<string> BotScopes { get; init; } =
    [
        "commands", "chat:write", "app_mentions:read", "channels:read", "channels:history", "groups:read",
        "groups:history", "im:write", "im:history", "users:read", "usergroups:read", "files:write",
    ];

    public IReadOnlyList<string> AppScopes { get; init; } = ["connections:write"];

    public SlackRateLimits RateLimits { get; init; } = SlackRateLimits.AsSlack;

    /// <summary>How long the app has to acknowledge an envelope: 3 s.</summary>
    public TimeSpan AckWithin { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a trigger_id lives: 3 s.</summary>
    public TimeSpan TriggerLifetime { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Waits before the tries after the first, of an event that was not acknowledged.</summary>
    public IReadOnlyList<TimeSpan> RedeliverAfter { get; init; } =
        [TimeSpan.Zero, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)];

    /// <summary>
    /// Whether commands and presses are tried again too. Slack does so for events only: a person sees the failure
    /// and tries again, so a bot must not count on it.
    /// </summary>
    public bool RedeliversInteractions { get; init; }

    /// <summary>Time between two WebSocket pings: 30 s.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a socket stays open after it was told to go (<c>warning</c>, <c>refresh_requested</c>): 10 s.</summary>
    public TimeSpan CloseAfterDisconnect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Slack's reading methods (conversations.replies, users.info and so on) drop a JSON body and answer as if no
    /// argument had come. False makes them understand JSON, for clients that are not ours.
    /// </summary>
    public bool ReadingMethodsIgnoreJson { get; init; } = true;

    /// <summary>The clock for timestamps, triggers, rate limits and acknowledgement.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>TCP port on 127.0.0.1; 0 lets the system choose.</summary>
    public int Port { get; init; }
}
