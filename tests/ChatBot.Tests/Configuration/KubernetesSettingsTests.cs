using System.Text.Json.Nodes;
using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;

namespace ChatBot.Tests.Configuration;

public sealed class KubernetesSettingsTests
{
    private const string Service = "Targets:orders-db:Services:checkout-api";
    private const string APlaceIs = "expected env:NAME or configmap:NAME/KEY, with ?parameter when the value is a connection string";

    public static readonly TheoryData<string, string, string> Mistakes = new()
    {
        { "Kubernetes:KubeconfigFile", "\"/no/such/file\"", "Kubernetes:KubeconfigFile  found \"/no/such/file\"  expected the path of a file that exists, or nothing" },
        { "Kubernetes:CallTimeout", "\"3m\"", "Kubernetes:CallTimeout  found \"3m\"  expected a duration from 100ms to 2m, such as 10s or 00:00:10" },
        { "Kubernetes:Token", "\"x\"", "Kubernetes:Token  found an unknown key  expected one of CallTimeout, KubeconfigFile, LogsWithin" },
        { Service, """{ "Namespace": "shop", "Context": "prod" }""", $"{Service}:Context  found a context  expected none, because Kubernetes:KubeconfigFile is empty" },
        { Service, """{ "Namespace": "shop", "Context": "prod; rm" }""", $"{Service}:Context  found \"prod; rm\"  expected a context of the kubeconfig" },
        { Service, """{ "Namespace": "shop", "Kind": "CronJob" }""", $"{Service}:Kind  found \"CronJob\"  expected one of Deployment, StatefulSet, DaemonSet" },
        { Service, """{ "Namespace": "shop", "Workload": "Checkout" }""", $"{Service}:Workload  found \"Checkout\"  expected the workload's name: a-z, 0-9 and -, dots between" },
        { Service, """{ "Namespace": "shop", "Container": "a.b" }""", $"{Service}:Container  found \"a.b\"  expected a container's name: a-z, 0-9 and -" },
        { Service, """{ "Namespace": "shop", "PoolSize": "DB_POOL" }""", $"{Service}:PoolSize  found \"DB_POOL\"  {APlaceIs}" },
        { Service, """{ "Namespace": "shop", "PoolSize": "secret:db/url?pool" }""", $"{Service}:PoolSize  found ***  {APlaceIs}" },
        { Service, """{ "Namespace": "shop", "PoolSize": "configmap:pool" }""", $"{Service}:PoolSize  found \"configmap:pool\"  {APlaceIs}" },
        { Service, """{ "Namespace": "shop", "PoolSize": "env:DB_POOL?" }""", $"{Service}:PoolSize  found \"env:DB_POOL?\"  {APlaceIs}" },
        { Service, """{ "Namespace": "shop", "Processes": 0 }""", $"{Service}:Processes  found \"0\"  expected a number from 1 to 1000" },
        { Service, """{ "Workload": "checkout" }""", $"{Service}:Workload  found a value  expected none, because there is no Namespace beside it" },
    };

    [Fact]
    public void A_namespace_is_all_that_a_service_needs()
    {
        var service = Given.Read(Given.Smallest().With(Service, JsonNode.Parse("""{ "Namespace": "shop" }"""))).Options!.Targets["orders-db"].Services["checkout-api"];

        Assert.Equal(new ServiceOptions { Namespace = "shop" }, service);
        Assert.Equal((WorkloadKind.Deployment, 1), (service.Kind, service.Processes));
    }

    [Fact]
    public void Reads_every_setting_of_a_service()
    {
        var kubeconfig = Path.GetTempFileName();
        try
        {
            var (options, mistakes) = Given.Read(Given.Smallest()
                .With("Kubernetes", new JsonObject { ["KubeconfigFile"] = kubeconfig, ["CallTimeout"] = "2s", ["LogsWithin"] = "30s" })
                .With(Service, JsonNode.Parse(
                    """
                    {
                      "Namespace": "shop", "Context": "arn:aws:eks:eu-west-1:1234:cluster/prod", "Kind": "statefulset", "Workload": "checkout.v2",
                      "Container": "app", "PoolSize": "configmap:checkout-settings/database.url?Maximum Pool Size", "PoolLibrary": "Npgsql", "Processes": 4
                    }
                    """)));

            Assert.Empty(mistakes);
            Assert.Equal(new KubernetesOptions { KubeconfigFile = kubeconfig, CallTimeout = TimeSpan.FromSeconds(2), LogsWithin = TimeSpan.FromSeconds(30) }, options!.Kubernetes);
            Assert.Equal(
                new ServiceOptions
                {
                    Namespace = "shop",
                    Context = "arn:aws:eks:eu-west-1:1234:cluster/prod",
                    Kind = WorkloadKind.StatefulSet,
                    Workload = "checkout.v2",
                    Container = "app",
                    PoolSize = new PoolSizePlace(PoolSizeHolder.ConfigMap, "checkout-settings", "database.url", "Maximum Pool Size"),
                    PoolLibrary = "Npgsql",
                    Processes = 4,
                },
                options.Targets["orders-db"].Services["checkout-api"]);
        }
        finally
        {
            File.Delete(kubeconfig);
        }
    }

    [Theory]
    [InlineData("env:DB_POOL")]
    [InlineData("env:spring.datasource.url?maximumPoolSize")]
    [InlineData("env:DATABASE_URL?pool_max_conns")]
    [InlineData("configmap:pool/size")]
    [InlineData("configmap:shop.pool-1/application.url?Maximum Pool Size")]
    public void A_place_reads_as_it_is_written(string text)
    {
        Assert.True(PoolSizePlace.TryParse(text, out var place));
        Assert.Equal(text, place.ToString());
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Names_each_mistake(string path, string json, string line) =>
        Assert.Contains(line, Given.Read(Given.Smallest().With(path, JsonNode.Parse(json))).Mistakes);
}
