using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ChatBot.Sandbox.Slack;

/// <summary>
/// What is in the workspace: users, groups, channels, messages, modals. It knows nothing of tokens, HTTP or sockets,
/// refuses nothing a person could do, and tells listeners of every change.
/// </summary>
public sealed class SlackWorkspace
{
    private readonly Lock _gate = new();
    private readonly SlackClock _clock;
    private readonly Dictionary<string, SlackUser> _users = [];
    private readonly Dictionary<string, SlackUserGroup> _groups = [];
    private readonly Dictionary<string, SlackChannel> _channels = [];
    private readonly Dictionary<string, List<SlackMessage>> _messages = [];
    private readonly Dictionary<string, List<SlackView>> _views = [];
    private readonly List<ChangeListener> _listeners = [];
    private int _lastId;

    internal SlackWorkspace(SlackSimulatorOptions options)
    {
        _clock = new SlackClock(options.Time);
        TeamId = options.TeamId;
        TeamName = options.TeamName;
        AppId = options.AppId;
        foreach (var user in options.Users)
        {
            _users[user.Id] = user;
        }

        BotUser = options.Users.FirstOrDefault(user => user.IsBot)
            ?? throw new ArgumentException("The workspace has no bot: add a user with IsBot = true.", nameof(options));
        foreach (var group in options.UserGroups)
        {
            Put(group);
        }

        foreach (var channel in options.Channels)
        {
            Put(channel);
        }
    }

    public string TeamId { get; }

    public string TeamName { get; }

    public string AppId { get; }

    /// <summary>The app's own user.</summary>
    public SlackUser BotUser { get; }

    /// <summary>As in <c>bot_id</c> of the bot's messages.</summary>
    public string BotId => "B" + BotUser.Id[1..];

    public IReadOnlyList<SlackUser> Users => Read(() => _users.Values.ToList());

    public IReadOnlyList<SlackUserGroup> UserGroups => Read(() => _groups.Values.ToList());

    public IReadOnlyList<SlackChannel> Channels => Read(() => _channels.Values.ToList());

    /// <summary>Puts a person at the keyboard. Set by the simulator, which knows the app to talk to.</summary>
    internal Func<SlackUser, SlackPerson> Seat { get; set; } = _ => throw new InvalidOperationException("No app is wired.");

    /// <summary>Acts and reads as a user: <c>As("ana")</c>.</summary>
    public SlackPerson As(string nameOrId) => Seat(RequireUser(nameOrId));

    /// <summary>Adds or replaces a user: also how someone is deactivated or becomes a guest.</summary>
    public void Put(SlackUser user) => Change(() => _users[user.Id] = user);

    /// <summary>Adds or replaces a user group: also how membership changes.</summary>
    public void Put(SlackUserGroup group) =>
        Change(() => _groups[group.Id] = group with { Members = [.. group.Members.Select(name => RequireUser(name).Id)] });

    /// <summary>Adds or replaces a channel: also how it is archived and how people join and leave.</summary>
    public void Put(SlackChannel channel) => Change(() =>
    {
        _channels[channel.Id] = channel with { Members = [.. channel.Members.Select(name => RequireUser(name).Id)] };
        _messages.TryAdd(channel.Id, []);
    });

    /// <param name="nameOrId"><c>ana</c>, <c>@ana</c> or <c>U0ANA00001</c>.</param>
    public SlackUser? FindUser(string nameOrId) => Read(() =>
        _users.GetValueOrDefault(nameOrId) ?? _users.Values.FirstOrDefault(user => user.Name == nameOrId.TrimStart('@')));

    public SlackUserGroup? FindUserGroup(string handleOrId) => Read(() =>
        _groups.GetValueOrDefault(handleOrId)
        ?? _groups.Values.FirstOrDefault(group => group.Handle == handleOrId.TrimStart('@')));

    /// <param name="nameOrId"><c>general</c>, <c>#general</c> or <c>C0GENERAL1</c>.</param>
    public SlackChannel? FindChannel(string nameOrId) => Read(() =>
        _channels.GetValueOrDefault(nameOrId)
        ?? _channels.Values.FirstOrDefault(channel => channel.Name == nameOrId.TrimStart('#')));

    /// <exception cref="ArgumentException">No such user; says who is there.</exception>
    public SlackUser RequireUser(string nameOrId) => FindUser(nameOrId) ?? throw new ArgumentException(
        $"No user '{nameOrId}' in the workspace. There are: {string.Join(", ", Users.Select(user => user.Name))}.");

    /// <exception cref="ArgumentException">No such channel; says which there are.</exception>
    public SlackChannel RequireChannel(string nameOrId) => FindChannel(nameOrId) ?? throw new ArgumentException(
        $"No channel '{nameOrId}' in the workspace. There are: {string.Join(", ", Channels.Select(channel => channel.Name))}.");

    /// <summary>The direct message between the bot and a user; made on first use.</summary>
    public SlackChannel DirectMessage(SlackUser with)
    {
        var id = "D" + with.Id[1..];
        lock (_gate)
        {
            if (!_channels.TryGetValue(id, out var channel))
            {
                channel = new SlackChannel(id, "dm-" + with.Name, [with.Id, BotUser.Id]) { IsDirect = true, IsPrivate = true };
                _channels[id] = channel;
                _messages[id] = [];
            }

            return channel;
        }
    }

    /// <summary>Everything in a channel by time: replies and everyone's ephemeral messages included.</summary>
    public IReadOnlyList<SlackMessage> Messages(string channelId) =>
        Read(() => _messages.TryGetValue(channelId, out var messages) ? messages.ToList() : []);

    public SlackMessage? FindMessage(string channelId, string ts) =>
        Messages(channelId).FirstOrDefault(message => message.Ts == ts);

    /// <summary>The modals on a user's screen, the topmost last.</summary>
    public IReadOnlyList<SlackView> Views(string userId) =>
        Read(() => _views.TryGetValue(userId, out var stack) ? stack.ToList() : []);

    public SlackView? FindView(string viewId) =>
        Read(() => _views.Values.SelectMany(stack => stack).FirstOrDefault(view => view.Id == viewId));

    public SlackMessage Post(
        string channelId,
        string authorId,
        SlackContent content,
        string? threadTs = null,
        string? ephemeralFor = null,
        IReadOnlyList<SlackFile>? files = null)
    {
        lock (_gate)
        {
            var message = new SlackMessage(channelId, _clock.Next(), authorId, content, threadTs, ephemeralFor) { Files = files ?? [] };
            _messages[channelId].Add(message);
            Tell(new SlackChange(SlackChangeKind.Posted, channelId, message, ephemeralFor));
            return message;
        }
    }

    /// <returns>Null when the message is gone.</returns>
    public SlackMessage? Edit(string channelId, string ts, Func<SlackContent, SlackContent> change)
    {
        lock (_gate)
        {
            var messages = _messages[channelId];
            var at = messages.FindIndex(message => message.Ts == ts);
            if (at < 0)
            {
                return null;
            }

            var edited = messages[at] with { Content = change(messages[at].Content), EditedTs = _clock.Next() };
            messages[at] = edited;
            Tell(new SlackChange(SlackChangeKind.Edited, channelId, edited, edited.EphemeralFor));
            return edited;
        }
    }

    /// <returns>False when it was gone already.</returns>
    public bool Delete(string channelId, string ts)
    {
        lock (_gate)
        {
            var messages = _messages[channelId];
            var at = messages.FindIndex(message => message.Ts == ts);
            if (at < 0)
            {
                return false;
            }

            var gone = messages[at];
            messages.RemoveAt(at);
            Tell(new SlackChange(SlackChangeKind.Deleted, channelId, gone, gone.EphemeralFor));
            return true;
        }
    }

    /// <summary>Puts a modal on top of what the user has on screen.</summary>
    public SlackView PushView(string userId, JsonElement definition)
    {
        lock (_gate)
        {
            var id = NewId("V");
            var stack = _views.TryGetValue(userId, out var open) ? open : _views[userId] = [];
            var view = new SlackView(id, stack.Count > 0 ? stack[0].Id : id, userId, NewId("h"), definition);
            stack.Add(view);
            Tell(new SlackChange(SlackChangeKind.ViewChanged, null, null, userId));
            return view;
        }
    }

    /// <returns>Null when the modal is closed.</returns>
    public SlackView? ReplaceView(string viewId, JsonElement definition)
    {
        lock (_gate)
        {
            foreach (var stack in _views.Values)
            {
                var at = stack.FindIndex(view => view.Id == viewId);
                if (at >= 0)
                {
                    stack[at] = stack[at] with { Definition = definition, Hash = NewId("h") };
                    Tell(new SlackChange(SlackChangeKind.ViewChanged, null, null, stack[at].UserId));
                    return stack[at];
                }
            }

            return null;
        }
    }

    /// <summary>Takes the topmost modal off the screen, or all of them.</summary>
    public void CloseView(string userId, bool all = false) => Change(() =>
    {
        if (_views.TryGetValue(userId, out var stack) && stack.Count > 0)
        {
            stack.RemoveRange(all ? 0 : stack.Count - 1, all ? stack.Count : 1);
            Tell(new SlackChange(SlackChangeKind.ViewChanged, null, null, userId));
        }
    });

    /// <summary>An id that was never given out before: <c>V00000001</c>.</summary>
    internal string NewId(string prefix) => $"{prefix}{Interlocked.Increment(ref _lastId):D8}";

    /// <summary>A timestamp later than every one before, for things that aren't messages.</summary>
    internal string NextTs() => _clock.Next();

    /// <summary>Every change, until cancelled.</summary>
    public async IAsyncEnumerable<SlackChange> Changes([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var listener = Listen();
        await foreach (var change in listener.ReadAsync(cancellationToken))
        {
            yield return change;
        }
    }

    /// <summary>Hears every change from this call on: listen, then look, then wait, and nothing is missed.</summary>
    internal ChangeListener Listen()
    {
        var listener = new ChangeListener(gone => Change(() => _listeners.Remove(gone)));
        Change(() => _listeners.Add(listener));
        return listener;
    }

    private void Tell(SlackChange change)
    {
        foreach (var listener in _listeners)
        {
            listener.Hear(change);
        }
    }

    private T Read<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
        }
    }
}
