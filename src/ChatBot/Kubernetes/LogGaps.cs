using System.Net;
using ChatBot.Incidents.Findings;
using ChatBot.Incidents.Findings.Logs;

namespace ChatBot.Kubernetes;

/// <summary>What is missing in a reading of logs, and why. For several readers at once.</summary>
/// <param name="atMost">So many sentences about single logs; the others are counted.</param>
internal sealed class LogGaps(int atMost)
{
    private readonly Lock _lock = new();
    private readonly List<Sentence> _sentences = [];
    private int _more;
    private int _unread;

    public void Add(Sentence gap)
    {
        lock (_lock)
        {
            if (_sentences.Count < atMost)
            {
                _sentences.Add(gap);
            }
            else
            {
                _more++;
            }
        }
    }

    /// <summary>Its turn did not come in time.</summary>
    public void Unread()
    {
        lock (_lock)
        {
            _unread++;
        }
    }

    public IReadOnlyList<Sentence> ToSentences()
    {
        lock (_lock)
        {
            var all = _sentences.Distinct().ToList();
            if (_more > 0)
            {
                all.Add(Sentence.Of($"{_more:more log is|more logs are} missing or incomplete."));
            }

            if (_unread > 0)
            {
                all.Add(Sentence.Of($"{_unread:log was|logs were} not read: the time for logs was up (Kubernetes:LogsWithin)."));
            }

            return all;
        }
    }

    /// <param name="words">For a status that says nothing about the log itself.</param>
    public static Sentence Of(LogSource log, HttpStatusCode status, string words) => status switch
    {
        HttpStatusCode.NotFound => Sentence.Of($"Pod {log.Pod} is gone, and its log with it."),
        HttpStatusCode.BadRequest when log.IsPrevious => Sentence.Of($"What container {log.Container} of pod {log.Pod} wrote before its restart is gone."),
        HttpStatusCode.BadRequest => Sentence.Of($"Container {log.Container} of pod {log.Pod} has no log (yet)."),
        HttpStatusCode.TooManyRequests => Sentence.Of($"The log of pod {log.Pod} was not read: the API server asks the bot to slow down (429)."),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => NamespaceLook.Own(words),
        _ => Sentence.Of($"The log of pod {log.Pod} was not read: {NamespaceLook.Own(words)}"),
    };

    public static Sentence Silent(LogSource log, TimeSpan after) => Sentence.Of($"The log of container {log.Container} of pod {log.Pod} stopped coming for {after}; what came before was looked at.");

    public static Sentence BrokenOff(LogSource log) => Sentence.Of($"The log of container {log.Container} of pod {log.Pod} broke off; what came before was looked at.");

    public static Sentence TimeUp(LogSource log) => Sentence.Of($"The log of container {log.Container} of pod {log.Pod} was not read to its end: the time for logs was up (Kubernetes:LogsWithin).");

    public static Sentence TooLong(LogSource log) => Sentence.Of($"The log of container {log.Container} of pod {log.Pod} is longer than 512 MiB; only its older part was looked at.");
}
