using ChatBot.Databases.MySql;
using ChatBot.Databases.PostgreSql;
using ChatBot.Incidents;
using ChatBot.Incidents.Mitigations;
using ChatBot.Incidents.Runbooks;
using ChatBot.Slack.BlockKit;
using ChatBot.Slack.Views;

namespace ChatBot.Steps.LimitRole;

/// <summary>The words for limiting an account, and for taking that back.</summary>
internal sealed class LimitAccountView : MitigationView
{
    /// <summary>In a dialog of at most 300 characters.</summary>
    private const int LongestInDialog = 60;

    public override string Button => "Limit the largest account";

    public override string? LeftToDo => "Take the limit back when its owner is mended.";

    public override string? WhenNotRelieved => "A limit ends nobody: end what the account holds, or wait until it gives connections back.";

    public override string? WhenFullAgain => "Another account fills it now, or the limit leaves too little room: see who holds most.";

    public override string ButtonOf(Incident incident) => IsLimited(incident) ? "Undo the limit" : Button;

    public override MitigationOffer Offer(Incident incident, StepBinding? binding, ViewContext context) => incident switch
    {
        _ when IsLimited(incident) => new MitigationOffer(true, $"put the limit back to what it was before."),
        { Consumers: null } => new MitigationOffer(false, $"It isn't known who holds the connections, so there is nothing to plan."),
        { Consumers.Sessions: 0 } => new MitigationOffer(false, $"Nobody is connected, so there is nobody to limit."),
        _ => new MitigationOffer(true, $"limit the account that holds most, so that it takes no more: ends nobody, frees nothing by itself, can be undone."),
    };

    public override Mrkdwn Title(Mitigation mitigation)
    {
        var limit = (LimitAccount)mitigation;
        return limit.IsUndo
            ? (Mrkdwn)$"put the limit of account {Name(limit)} back to {Limit(limit.To)}"
            : $"limit account {Name(limit)} to {Connections(limit.To ?? 0)}";
    }

    public override Mrkdwn Harm(Mitigation mitigation)
    {
        var limit = (LimitAccount)mitigation;
        if (limit.IsUndo)
        {
            return $"An earlier plan of this incident limited it to {limit.From}. *Nobody is disconnected*; it may take more again. Undo: ask for this step once more.";
        }

        return $"*Nobody is disconnected*: the connections it has stay. New ones beyond the limit are refused, and whoever needs one gets an error; others get the room.{Counting(limit)}\nUndo: ask for this step once more; it puts back what was before ({Limit(limit.From)}).";
    }

    public override PlanDetails Details(Mitigation mitigation, PlanProgress progress)
    {
        var limit = (LimitAccount)mitigation;
        var became = progress.Stage is PlanStage.Running or PlanStage.Finished && progress.Steps[0].Result is { } result ? (Mrkdwn)$" *{Word(result.Outcome)}.*" : Mrkdwn.Empty;
        Mrkdwn line = $"• account {Name(limit)}: {Limit(limit.From)} before, {Limit(limit.To)} after. It holds {limit.Used} of {limit.Capacity} slots.{became}";
        return line.Length <= SlackLimits.Text.Most
            ? new PlanDetails([new SectionBlock(line)], IsWhole: true)
            : new PlanDetails([new SectionBlock($"• an account whose name is too long to show.{became}")], IsWhole: false);
    }

    public override string Confirm(Mitigation mitigation)
    {
        var limit = (LimitAccount)mitigation;
        var name = limit.Account.Length <= LongestInDialog && PlainName.IsPlain(limit.Account) ? limit.Account : "the account"; // the plan shows it
        return limit.IsUndo
            ? $"Put the limit of {name} back to {Limit(limit.To)}. Nobody is disconnected."
            : $"Limit {name} to {Connections(limit.To ?? 0)}. Nobody is disconnected; new ones beyond it are refused.";
    }

    public override Mrkdwn Undo(Mitigation mitigation)
    {
        var limit = (LimitAccount)mitigation;
        Mrkdwn stays = $"account {Name(limit)} may have {Connections(limit.To ?? 0)}; before, it had {Limit(limit.From)}.";
        return PlainName.IsPlain(limit.Account)
            ? $"{stays} By hand: {Mrkdwn.Code(limit.IsMySql ? MySqlAccountLimits.Statement(limit.Back) : RoleLimits.Statement(limit.Back))}"
            : stays;
    }

    public override string Word(Outcome outcome) => SessionWords.Of(outcome, "set", "set already");

    public override string Done(int effects) => $"{Count(effects)} set";

    public override string Count(int effects) => effects == 1 ? "1 limit" : $"{effects} limits";

    /// <summary>Only a word on the button: what the plan does is read from the server, and stands in it.</summary>
    private static bool IsLimited(Incident incident) => incident.TemporaryOf(LimitAccount.StoredName) is not null;

    private static Mrkdwn Name(LimitAccount limit) => SessionList.Name(limit.Account);

    private static string Limit(int? limit) => limit is { } most ? Connections(most) : "no limit";

    private static string Connections(int count) => count == 1 ? "1 connection" : $"{count} connections";

    /// <summary>Measured: MySQL and MariaDB begin to count an account's sessions when it first has a limit.</summary>
    private static Mrkdwn Counting(LimitAccount limit) => limit switch
    {
        { IsMySql: true, From: null, To: { } most } =>
            $" This server counts only connections that are opened once there is a limit: with those from before it can have up to {limit.Used + most}.",
        { To: { } most } when limit.Used > most => $" It has to give back {limit.Used - most} before it gets a new one.",
        _ => Mrkdwn.Empty,
    };
}
