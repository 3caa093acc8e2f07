using ChatBot.Incidents.Evidence;

namespace ChatBot.Incidents.Mitigations;

/// <summary>The sessions that could be ended, read from the target in one statement, longest idle first.</summary>
/// <param name="ServerStartedAt"><c>pg_postmaster_start_time()</c>, to the microsecond: after a restart no pid means what it meant.</param>
/// <param name="Sessions">At most as many as were asked for; empty when nothing qualifies.</param>
/// <param name="More">How many more would qualify.</param>
public sealed record IdleSessions(DateTimeOffset ServerStartedAt, IReadOnlyList<IdleSession> Sessions, int More);

/// <summary>One idle session as an approver sees it, and the pin that holds it.</summary>
/// <param name="Application">As the client named itself; empty when it did not.</param>
/// <param name="Client">Client address; empty for a local socket.</param>
/// <param name="IdleFor">Since <c>state_change</c>, when it was read.</param>
public sealed record IdleSession(SessionPin Pin, ForeignText Application, ForeignText Client, TimeSpan IdleFor);
