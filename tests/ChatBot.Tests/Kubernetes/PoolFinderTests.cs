using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Incidents.Mitigations;
using ChatBot.Kubernetes;
using k8s;
using k8s.Models;

namespace ChatBot.Tests.Kubernetes;

public sealed class PoolFinderTests
{
    [Theory]
    [InlineData("SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE", "20", "HikariCP", "")]
    [InlineData("RAILS_MAX_THREADS", "5", "Rails", "")]
    [InlineData("SQLALCHEMY_POOL_SIZE", "5", "SQLAlchemy", "")]
    [InlineData("PG_POOL_MAX", "10", "node-postgres", "")]
    [InlineData("DB_MAX_OPEN_CONNS", "25", "database/sql", "")]
    [InlineData("DATABASE_URL", "postgres://u:secret@db/shop?pool=7", "Rails", "pool")]
    [InlineData("ORDERS_DATABASE_URL", "postgres://u:secret@db/shop?pool_max_conns=7", "pgx", "pool_max_conns")]
    [InlineData("ConnectionStrings__Orders", "Host=db;Password=secret;Maximum Pool Size=50", "Npgsql", "Maximum Pool Size")]
    [InlineData("ConnectionStrings__Orders", "Server=db;Password=secret;Max Pool Size=50", "ADO.NET", "Max Pool Size")]
    public void A_well_known_name_is_recognised_and_said_to_be(string variable, string value, string library, string parameter)
    {
        var found = Find(Service(), $"env: [{{ name: LOG_LEVEL, value: info }}, {{ name: {variable}, value: \"{value}\" }}]");

        Assert.Equal((library, true), (found.Setting!.Library, found.Setting.IsRecognised));
        Assert.Equal(new SettingPin("", "shop", SettingHolder.Deployment, "checkout-api", "uid-7", "70", "app", variable, parameter, PoolValue.HashOf(value)), found.Pin);
        Assert.NotNull(found.Setting.Size);
        Assert.DoesNotContain("secret", found.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("env: [{ name: LOG_LEVEL, value: info }]")]
    [InlineData("env: [{ name: DB_POOL, value: many }]")]
    [InlineData("env: [{ name: MY_POOL, value: \"20\" }]")] // a team's own name: it has to be configured
    [InlineData("env: [{ name: DATABASE_URL, value: \"postgres://u:p@db/shop\" }]")]
    public void Nothing_is_guessed(string environment)
    {
        var found = Find(Service(), environment);

        Assert.Null(found.Setting);
        Assert.Null(found.Pin);
    }

    [Fact]
    public void Of_two_that_could_be_it_none_is()
    {
        var found = Find(Service(), """env: [{ name: DB_POOL, value: "5" }, { name: DB_POOL_SIZE, value: "10" }]""");

        Assert.Null(found.Pin);
        Assert.Equal("Several variables of checkout-api look like its pool size. Set the service's PoolSize to the right one.", Assert.Single(found.Gaps).ToString());
    }

    [Fact]
    public void What_is_configured_is_taken_without_looking_for_more()
    {
        var found = Find(Service("env:MY_POOL") with { PoolLibrary = "our own" }, """env: [{ name: DB_POOL, value: "5" }, { name: MY_POOL, value: "10" }]""");

        Assert.Equal(new PoolSetting(ForeignText.From("env MY_POOL of container app", 100), 10, "our own", IsRecognised: false), found.Setting);
        Assert.Equal(("app", "MY_POOL", ""), (found.Pin!.Container, found.Pin.Key, found.Pin.Parameter));
    }

    [Theory]
    [InlineData("env:MY_POOL", "The pool size of checkout-api isn't at env:MY_POOL: its container has no such variable that the bot may read.")]
    [InlineData("configmap:pool/size", "The pool size of checkout-api isn't at configmap:pool/size: there is no such ConfigMap or key, or the bot may not read it.")]
    public void What_is_configured_and_not_there_is_a_gap(string place, string words)
    {
        var found = Find(Service(place), "env: []");

        Assert.Null(found.Setting);
        Assert.Equal(words, Assert.Single(found.Gaps).ToString());
    }

    [Theory]
    [InlineData("env: [{ name: DB_POOL, valueFrom: { configMapKeyRef: { name: settings, key: pool } } }]", "pool")]
    [InlineData("envFrom: [{ prefix: DB_, configMapRef: { name: settings } }]", "POOL")]
    public void A_variable_that_comes_from_a_ConfigMap_is_set_there(string environment, string key)
    {
        var map = new V1ConfigMap
        {
            Metadata = new V1ObjectMeta { Name = "settings", Uid = "uid-1", ResourceVersion = "41" },
            Data = new Dictionary<string, string> { ["pool"] = "5", ["POOL"] = "6" },
        };

        var found = Find(Service(), environment, map);

        Assert.Equal((SettingHolder.ConfigMap, "settings", key, "uid-1", "41"), (found.Pin!.Holder, found.Pin.Name, found.Pin.Key, found.Pin.Uid, found.Pin.ResourceVersion));
    }

    [Theory]
    [InlineData("DB_POOL", "env:DB_POOL")]
    [InlineData("DB_POOL", null)]
    public void What_stands_in_a_Secret_is_told_and_not_touched(string variable, string? place)
    {
        var found = Find(Service(place), $"env: [{{ name: {variable}, valueFrom: {{ secretKeyRef: {{ name: db, key: pool }} }} }}]");

        Assert.Equal("env DB_POOL of container app, from a Secret", found.Setting!.Place.Value);
        Assert.Null(found.Setting.Size);
        Assert.Null(found.Pin);
        Assert.Equal("It stands in a Secret, which the bot neither reads nor writes.", found.WhyNot);
    }

    [Fact]
    public void A_template_is_changed_of_deployments_only()
    {
        var found = Find(Service() with { Kind = WorkloadKind.StatefulSet }, """env: [{ name: DB_POOL, value: "5" }]""");

        Assert.Equal(5, found.Setting!.Size);
        Assert.Null(found.Pin);
        Assert.NotEmpty(found.WhyNot);
    }

    [Fact]
    public void Only_ConfigMaps_that_may_hold_it_are_read()
    {
        var template = Template("""
            env: [{ name: DB_POOL, valueFrom: { configMapKeyRef: { name: settings, key: pool } } }, { name: MOTD, valueFrom: { configMapKeyRef: { name: texts, key: motd } } }]
                envFrom: [{ configMapRef: { name: common } }, { secretRef: { name: db } }]
            """);

        Assert.Equal(["settings", "common"], PoolFinder.MapsOf(Service(), template));
        Assert.Equal(["pool"], PoolFinder.MapsOf(Service("configmap:pool/size"), template));
    }

    private static ServiceWorkload Service(string? place = null) => new(
        "checkout-api", "", "shop", WorkloadKind.Deployment, "checkout-api", null, place is not null && PoolSizePlace.TryParse(place, out var parsed) ? parsed : null, null, 1);

    private static FoundPool Find(ServiceWorkload service, string environment, V1ConfigMap? map = null) =>
        new PoolFinder(service, new V1ObjectMeta { Uid = "uid-7", ResourceVersion = "70" }, Template(environment), (map is null ? Array.Empty<V1ConfigMap>() : [map]).ToDictionary(one => one.Metadata.Name, V1ConfigMap? (one) => one)).Find();

    private static V1PodTemplateSpec Template(string environment) => KubernetesYaml.Deserialize<V1PodTemplateSpec>(
        $"""
        spec:
          containers:
          - name: app
            image: shop/checkout:1
            {environment.Replace("\n    ", "\n    ", StringComparison.Ordinal)}
        """);
}
