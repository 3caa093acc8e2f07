using System.Security.Cryptography;

namespace ChatBot.Sandbox.Slack;

/// <summary>Files on their way: asked for, their bytes taken, and not shared yet. Nobody sees them before.</summary>
/// <remarks>See https://docs.slack.dev/messaging/working-with-files.</remarks>
internal sealed class FileUploads(SlackWorkspace workspace)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Upload> _byTicket = [];

    /// <summary>Known once the server listens: <c>http://127.0.0.1:PORT</c>.</summary>
    public string BaseUrl { get; set; } = "";

    /// <param name="length">In bytes, as the app announces it.</param>
    public (string FileId, string Url) Issue(string name, int length)
    {
        var upload = new Upload(workspace.NewId("F"), name, length);
        var ticket = RandomNumberGenerator.GetHexString(48, lowercase: true);
        lock (_gate)
        {
            _byTicket[ticket] = upload;
        }

        return (upload.FileId, $"{BaseUrl}/upload/v1/{ticket}");
    }

    /// <summary>Takes the bytes, once. Slack says no more than "not 200" of what goes wrong here.</summary>
    /// <returns>False for an address that was never given out or is used, and for another length than announced.</returns>
    public bool Take(string ticket, ReadOnlyMemory<byte> content)
    {
        lock (_gate)
        {
            if (!_byTicket.TryGetValue(ticket, out var upload) || upload.Content is not null || upload.Length != content.Length)
            {
                return false;
            }

            _byTicket[ticket] = upload with { Content = content };
            return true;
        }
    }

    /// <summary>Files that can be shared; each only once.</summary>
    /// <param name="titles">By file id; null for the name.</param>
    /// <exception cref="SlackRefusal"><c>file_not_found</c>: none of them is shared.</exception>
    public IReadOnlyList<SlackFile> Complete(IReadOnlyList<(string FileId, string? Title)> titles)
    {
        lock (_gate)
        {
            var done = titles.Select(file => (file.Title, Ticket: _byTicket
                .FirstOrDefault(upload => upload.Value.FileId == file.FileId && upload.Value.Content is not null).Key)).ToList();
            if (done.Any(file => file.Ticket is null) || done.DistinctBy(file => file.Ticket).Count() < done.Count)
            {
                throw new SlackRefusal("file_not_found");
            }

            var files = done.Select(file => Shared(_byTicket[file.Ticket], file.Title)).ToList();
            done.ForEach(file => _byTicket.Remove(file.Ticket));
            return files;
        }
    }

    private SlackFile Shared(Upload upload, string? title) =>
        new(upload.FileId, upload.Name, title is { Length: > 0 } ? title : upload.Name, workspace.BotUser.Id, upload.Content!.Value);

    private sealed record Upload(string FileId, string Name, int Length)
    {
        /// <summary>Null until the bytes came.</summary>
        public ReadOnlyMemory<byte>? Content { get; init; }
    }
}
