using ChatBot.Configuration;
using ChatBot.Incidents.Evidence;
using ChatBot.Kubernetes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Configuration;
using YamlDotNet.Serialization;

namespace ChatBot.Tests.Kubernetes;

/// <summary>What ships for a cluster is well formed, fits the program, and grants what it needs and nothing else.</summary>
public sealed class ManifestTests
{
    private static readonly string Folder = Path.Combine(SourceTree.Root, "manifests", "kubernetes");

    [Theory]
    [InlineData("namespace.yaml", typeof(V1Namespace))]
    [InlineData("service-account.yaml", typeof(V1ServiceAccount))]
    [InlineData("settings.yaml", typeof(V1ConfigMap))]
    [InlineData("secret.example.yaml", typeof(V1Secret))]
    [InlineData("deployment.yaml", typeof(V1Deployment))]
    [InlineData("pod-disruption-budget.yaml", typeof(V1PodDisruptionBudget))]
    [InlineData("network-policy.yaml", typeof(V1NetworkPolicy))]
    [InlineData("policy.yaml", typeof(V1ValidatingAdmissionPolicy), typeof(V1ValidatingAdmissionPolicyBinding))]
    [InlineData("shop/role.yaml", typeof(V1Role), typeof(V1RoleBinding))]
    public void Every_file_holds_the_objects_it_should_without_an_unknown_field(string file, params Type[] types)
    {
        var objects = KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(Folder, file)), strict: true);

        Assert.Equal(types, objects.Select(one => one.GetType()));
        Assert.All(objects.OfType<IKubernetesObject<V1ObjectMeta>>(), one => Assert.StartsWith("chatbot", one.Metadata.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void The_kustomization_takes_in_every_file_but_the_example()
    {
        var listed = ((List<object>)Read<Dictionary<string, object>>("kustomization.yaml")["resources"]).Cast<string>().Where(name => name.EndsWith(".yaml", StringComparison.Ordinal));
        var there = Directory.EnumerateFiles(Folder, "*.yaml").Select(Path.GetFileName).Except(["kustomization.yaml", "secret.example.yaml"]);

        Assert.Equal(there.Order(), listed.Order());
    }

    [Fact]
    public void The_role_grants_what_the_bot_needs_and_nothing_else()
    {
        var role = Objects("shop/role.yaml").OfType<V1Role>().Single();
        var service = new ServiceWorkload("checkout-api", "", role.Metadata.NamespaceProperty, WorkloadKind.Deployment, "checkout-api", null, null, null, 1);
        var needed = NeededAccess.ToRead(service).Concat(NeededAccess.ToChange(service)).Select(access => (access.Verb, access.Group, access.Resource, access.Name)).ToHashSet();

        var granted = from rule in role.Rules
                      from verb in rule.Verbs
                      from @group in rule.ApiGroups
                      from resource in rule.Resources
                      from name in rule.ResourceNames ?? [null!]
                      select (verb, @group, resource, (string?)name);

        Assert.Equal(needed.Order(), granted.Order());
        Assert.DoesNotContain(granted, one => one.resource.StartsWith("secrets", StringComparison.Ordinal) || one.verb == "*");
    }

    [Fact]
    public void Role_policy_and_pods_speak_of_one_account()
    {
        var account = Objects("service-account.yaml").OfType<V1ServiceAccount>().Single().Metadata;
        var subject = Objects("shop/role.yaml").OfType<V1RoleBinding>().Single().Subjects.Single();
        var policy = Objects("policy.yaml").OfType<V1ValidatingAdmissionPolicy>().Single();
        var pods = Objects("deployment.yaml").OfType<V1Deployment>().Single();

        Assert.Equal((account.Name, account.NamespaceProperty), (subject.Name, subject.NamespaceProperty));
        Assert.Equal($"request.userInfo.username == \"system:serviceaccount:{account.NamespaceProperty}:{account.Name}\"", policy.Spec.MatchConditions.Single().Expression);
        Assert.Equal((account.Name, account.NamespaceProperty), (pods.Spec.Template.Spec.ServiceAccountName, pods.Metadata.NamespaceProperty));
    }

    [Fact]
    public void The_policy_knows_the_annotation_that_the_bot_writes()
    {
        var policy = Objects("policy.yaml").OfType<V1ValidatingAdmissionPolicy>().Single();

        Assert.Equal($"\"{Marks.Restart}\"", policy.Spec.Variables.Single(variable => variable.Name == "annotation").Expression);
        Assert.Equal("Fail", policy.Spec.FailurePolicy);
        Assert.All(policy.Spec.Validations, validation => Assert.Equal("Forbidden", validation.Reason));
        Assert.Equal(["Deny"], Objects("policy.yaml").OfType<V1ValidatingAdmissionPolicyBinding>().Single().Spec.ValidationActions);
    }

    [Fact]
    public void The_settings_are_right_but_for_the_secrets_that_are_not_there()
    {
        var settings = Objects("settings.yaml").OfType<V1ConfigMap>().Single().Data["settings.json"];
        using var json = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(settings));

        var mistakes = ChatBotConfiguration.Read(new ConfigurationBuilder().AddJsonStream(json).Build()).Mistakes;

        Assert.All(mistakes, mistake => Assert.Contains("File  found", mistake, StringComparison.Ordinal));
        var secret = Objects("secret.example.yaml").OfType<V1Secret>().Single();
        Assert.Equal(mistakes.Count, secret.StringData.Keys.Count(key => settings.Contains($"/run/secrets/chatbot/{key}\"", StringComparison.Ordinal)));
    }

    private static List<object> Objects(string file) => KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(Folder, file)), strict: true);

    private static T Read<T>(string file) => new DeserializerBuilder().Build().Deserialize<T>(File.ReadAllText(Path.Combine(Folder, file)));
}
