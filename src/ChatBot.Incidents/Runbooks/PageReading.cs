using System.Collections.Immutable;

namespace ChatBot.Incidents.Runbooks;

/// <summary>What became of reading a page: a runbook, or every mistake in it.</summary>
/// <param name="Runbook">Null when there is a mistake.</param>
/// <param name="Mistakes">In the page's order; at most 100, the last one then says that there are more.</param>
public sealed record PageReading(Runbook? Runbook, ImmutableArray<PageMistake> Mistakes);

/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Wrong">What is wrong, in a sentence.</param>
/// <param name="Allowed">What is allowed there, in a sentence.</param>
public sealed record PageMistake(int Line, int Column, string Wrong, string Allowed);
