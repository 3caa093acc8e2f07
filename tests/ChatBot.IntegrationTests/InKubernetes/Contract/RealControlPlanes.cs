namespace ChatBot.IntegrationTests.InKubernetes.Contract;

/// <summary>All suites that ask the real control plane share one.</summary>
[CollectionDefinition(Name)]
public sealed class RealControlPlanes : ICollectionFixture<RealControlPlaneFixture>
{
    public const string Name = "real control plane";
}

/// <summary>One real control plane; none where it isn't asked for.</summary>
public sealed class RealControlPlaneFixture : IAsyncLifetime
{
    private RealControlPlane? _plane;

    public async ValueTask InitializeAsync() => _plane = RealControlPlane.Programs is null ? null : await RealControlPlane.StartAsync();

    public ValueTask DisposeAsync() => _plane?.DisposeAsync() ?? ValueTask.CompletedTask;

    internal Task<IControlPlane> PlaneAsync()
    {
        Assert.SkipWhen(_plane is null, "The real control plane is only for tests/run deep.");
        return Task.FromResult<IControlPlane>(_plane);
    }
}
