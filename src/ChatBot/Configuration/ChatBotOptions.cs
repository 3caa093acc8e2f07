namespace ChatBot.Configuration;

/// <summary>Every setting of the program, read once at start by <see cref="ChatBotConfiguration"/> and never changed.</summary>
/// <remarks>
/// A property is a key of the same name, its initial value is the default that appsettings.json shows too; a test
/// compares the two. A <see cref="Secret"/> also has a key that ends in <c>File</c> and names the file that holds it.
/// </remarks>
internal sealed record ChatBotOptions
{
    public required SlackOptions Slack { get; init; }

    public StoreOptions Store { get; init; } = new();

    public WorkOptions Work { get; init; } = new();

    public ApprovalOptions Approval { get; init; } = new();

    public EndIdleSessionsOptions EndIdleSessions { get; init; } = new();

    public EndTransactionsOptions EndTransactions { get; init; } = new();

    public WatchOptions Watch { get; init; } = new();

    public RunbookOptions Runbooks { get; init; } = new();

    public TerminalOptions Terminal { get; init; } = new();

    public KubernetesOptions Kubernetes { get; init; } = new();

    public PrometheusOptions Prometheus { get; init; } = new();

    /// <summary>By name: the databases that incidents are about. At least one.</summary>
    public required IReadOnlyDictionary<string, TargetOptions> Targets { get; init; }

    /// <summary>Not a setting: what the reader saw and didn't refuse, to be logged once, such as a secret file that
    /// everybody on the machine can read.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
