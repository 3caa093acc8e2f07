using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using ChatBot.Configuration;
using ChatBot.Incidents;
using ChatBot.Incidents.Runbooks;
using ChatBot.Steps;
using ChatBot.Store;
using Microsoft.Extensions.Logging;

namespace ChatBot.Dispatch;

/// <summary>Runbook pages: as the files say for a new incident, as the store kept them for one that is under way.</summary>
/// <param name="folder">Where the files are; absolute.</param>
internal sealed partial class Pages(string folder, StepCatalogue steps, ILogger<Pages> logger)
{
    /// <summary>Pages kept in memory; beyond that they are read again.</summary>
    private const int Kept = 100;

    private readonly ConcurrentDictionary<string, CurrentPage> _lastGood = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Runbook> _followed = new(StringComparer.Ordinal);

    /// <summary>Every mistake in the pages that the targets follow, one a line; empty when all are sound.</summary>
    /// <remarks>The sound ones are kept: a file that is broken before its first incident comes must not leave that without a page.</remarks>
    public IReadOnlyList<string> Check(IEnumerable<TargetOptions> targets) =>
        [.. targets.Select(target => target.Runbook).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).SelectMany(name => ReadAndKeep(name).Mistakes)];

    /// <summary>
    /// The page for a new incident: the file as it is now. A file that was broken since the last look doesn't keep anybody
    /// from an incident: then it is the version before.
    /// </summary>
    /// <returns>Null when it was never sound; the check at the start refuses that.</returns>
    public CurrentPage? Current(string name)
    {
        var (page, mistakes) = ReadAndKeep(name);
        if (page is not null)
        {
            return page;
        }

        LogBroken(name, mistakes.Count, mistakes[0]);
        return _lastGood.GetValueOrDefault(name);
    }

    /// <summary>The page that an incident follows, whatever became of its file.</summary>
    /// <returns>Null for an incident from before there were pages, or when this version can't read the page.</returns>
    public async Task<Runbook?> OfAsync(StoreReader reader, Incident incident)
    {
        if (incident.Page is not { Hash: var hash })
        {
            return null;
        }

        if (_followed.TryGetValue(hash, out var known))
        {
            return known;
        }

        if (await reader.FindPageAsync(hash) is not { } bytes)
        {
            return null;
        }

        var reading = RunbookPage.Read(bytes, steps.Types);
        if (reading.Runbook is not { } page)
        {
            LogUnreadable(incident.Page.Name, hash);
            return null;
        }

        if (_followed.Count >= Kept)
        {
            _followed.Clear();
        }

        return _followed[hash] = page;
    }

    private (CurrentPage? Page, IReadOnlyList<string> Mistakes) ReadAndKeep(string name)
    {
        var read = Read(name);
        if (read.Page is { } page)
        {
            _lastGood[name] = page;
        }

        return read;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever keeps a file from being read is one mistake in the list.")]
    private (CurrentPage? Page, IReadOnlyList<string> Mistakes) Read(string name)
    {
        var path = Path.Combine(folder, $"{name}.md");
        byte[] bytes;
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > RunbookPage.MostBytes)
            {
                return (null, [$"{path}: the page has {file.Length} bytes. Allowed: at most {RunbookPage.MostBytes}."]);
            }

            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (null, [$"{path}: the page can't be read. Is it there, and may I read it?"]);
        }

        var reading = RunbookPage.Read(bytes, steps.Types);
        return reading.Runbook is { } page
            ? (new CurrentPage(ChosenPage.Of(name, page), bytes), [])
            : (null, [.. Lines(path, reading.Mistakes)]);
    }

    private static IEnumerable<string> Lines(string path, ImmutableArray<PageMistake> mistakes) =>
        mistakes.Select(mistake => $"{path}:{mistake.Line}:{mistake.Column}: {mistake.Wrong} Allowed: {mistake.Allowed}");

    [LoggerMessage(LogLevel.Error, "The page {Name} is broken: {Count} mistakes, the first: {First} New incidents follow the version before")]
    private partial void LogBroken(string name, int count, string first);

    [LoggerMessage(LogLevel.Error, "The stored page {Name} ({Hash}) can't be read by this version; its steps are shown without their words")]
    private partial void LogUnreadable(string name, string hash);
}

/// <summary>A page as its file says now.</summary>
/// <param name="Bytes">What is stored with the incident.</param>
internal sealed record CurrentPage(ChosenPage Chosen, ReadOnlyMemory<byte> Bytes);
