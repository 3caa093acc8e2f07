using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;

namespace ChatBot.Incidents.Findings;

/// <summary>Which statements a plan cancels, of those that have been running for long enough.</summary>
public static class StatementRule
{
    /// <summary>As many are looked at: those that are spared often run longest.</summary>
    public const int LookAtMost = 200;

    /// <summary>
    /// What works for itself comes first, the longest first; then a change of a table that waits, because others wait for it; then who
    /// only waits for others' locks, which would be sent again and wait again. A backup or dump is never broken off, nor is a change of
    /// the schema that has begun.
    /// </summary>
    /// <param name="running">The longest first.</param>
    public static IReadOnlyList<PinnedSession> Choose(IEnumerable<PinnedSession> running) =>
    [
        .. running
            .Where(session => !SparedWork.IsBackup(session.Application, ForeignText.From(session.Pin.User, 128), session.Statement))
            .Where(session => session.Waits || !SparedWork.IsSchemaChange(session.Statement))
            .OrderBy(session => !session.Waits ? 0 : SparedWork.IsSchemaChange(session.Statement) ? 1 : 2),
    ];
}
