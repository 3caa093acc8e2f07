using ChatBot.Kubernetes;

namespace ChatBot.Tests.Kubernetes;

public sealed class KubeconfigTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("", "https://10.0.0.5:6443")]
    [InlineData("prod", "https://10.0.0.5:6443")]
    [InlineData("other", "https://10.0.0.9:6443")]
    public async Task A_context_leads_to_its_cluster(string context, string server)
    {
        Write("https://10.0.0.5:6443", "token: abc");

        var read = await Kubeconfig.ReadAsync(_file, context);

        Assert.Equal((server, "abc"), (read.Host, read.AccessToken));
    }

    [Theory]
    [InlineData("exec: { apiVersion: client.authentication.k8s.io/v1, command: touch, args: [/tmp/chatbot-started-a-program] }", "a program")]
    [InlineData("auth-provider: { name: gcp, config: { access-token: abc } }", "a program")]
    [InlineData("username: \"\"", "can't be used")]
    public async Task Starts_no_program_to_log_in(string user, string words)
    {
        Write("https://10.0.0.5:6443", user);

        var trouble = await Assert.ThrowsAsync<ClusterUnavailableException>(() => Kubeconfig.ReadAsync(_file, ""));

        Assert.Equal(ClusterTrouble.NotConfigured, trouble.Trouble);
        Assert.Contains(words, trouble.Message, StringComparison.Ordinal);
        Assert.False(File.Exists("/tmp/chatbot-started-a-program"));
    }

    [Theory]
    [InlineData("http://10.0.0.5:8080", "prod", "travel in the open")]
    [InlineData("https://10.0.0.5:6443", "staging", "no context staging")]
    public async Task Says_why_a_context_cannot_be_used(string server, string context, string words)
    {
        Write(server, "token: secret-canary-token");

        var trouble = await Assert.ThrowsAsync<ClusterUnavailableException>(() => Kubeconfig.ReadAsync(_file, context));

        Assert.Contains(words, trouble.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", trouble.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not: [a kubeconfig")]
    [InlineData("current-context: prod")]
    public async Task A_file_that_is_no_kubeconfig_is_said_to_be_none(string text)
    {
        await File.WriteAllTextAsync(_file, text, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ClusterUnavailableException>(() => Kubeconfig.ReadAsync(_file, "prod"));
    }

    [Fact]
    public async Task A_token_that_was_exchanged_is_read_again()
    {
        var token = new TokenFile(_file);
        await File.WriteAllTextAsync(_file, "first\n", TestContext.Current.CancellationToken);
        Assert.Equal("Bearer first", (await token.GetAuthenticationHeaderAsync(TestContext.Current.CancellationToken)).ToString());

        await File.WriteAllTextAsync(_file, "second\n", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(_file, DateTime.UnixEpoch);

        Assert.Equal("Bearer second", (await token.GetAuthenticationHeaderAsync(TestContext.Current.CancellationToken)).ToString());
    }

    [Fact]
    public async Task A_token_that_cannot_be_read_is_said_to_be_missing()
    {
        var trouble = await Assert.ThrowsAsync<ClusterUnavailableException>(() => new TokenFile("/no/such/token").GetAuthenticationHeaderAsync(TestContext.Current.CancellationToken));

        Assert.Equal(ClusterTrouble.Unknown, trouble.Trouble);
    }

    [Fact]
    public async Task Without_a_kubeconfig_and_outside_of_a_cluster_there_is_no_cluster()
    {
        var clusters = new Clusters(new(), new ServiceAccount(null, null, "/nowhere"), TimeProvider.System);

        Assert.False(clusters.IsConfigured);
        Assert.Equal(ClusterTrouble.NotConfigured, (await Assert.ThrowsAsync<ClusterUnavailableException>(() => clusters.OfAsync(""))).Trouble);
    }

    private void Write(string server, string user) => File.WriteAllText(_file, Kubeconfigs.Of(server, user));
}
