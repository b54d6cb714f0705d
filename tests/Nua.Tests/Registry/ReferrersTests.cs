using Nua.Foundation;
using Nua.Oci;
using Nua.Registry;
using Nua.Testing;
using Nua.Testing.Registries;

namespace Nua.Tests.Registry;

public sealed class ReferrersTests
{
    private static readonly Descriptor _empty = Descriptor.Of(MediaTypes.Empty, "{}"u8);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_attached_is_listed_with_and_without_a_list_of_the_registrys_own(bool hasList)
    {
        using var world = new RegistryWorld();
        world.Registry.HasReferrers = hasList;
        var subject = world.Serve("team/app", "1.0");
        using var network = new RegistryNetwork(world.Options);
        var client = network.Open(world.Reference("team/app"));

        var one = await AttachAsync(client, world, subject, "application/vnd.example.sbom", 1);
        var two = await AttachAsync(client, world, subject, "application/vnd.example.signature", 2);
        await AttachAsync(client, world, subject, "application/vnd.example.signature", 2);

        var all = await client.ReferrersAsync(subject, null, default);
        Assert.Equal(new[] { one, two }.Order(), all.Select(entry => entry.Digest).Order());
        Assert.Equal(two, Assert.Single(await client.ReferrersAsync(subject, "application/vnd.example.signature", default)).Digest);
        Assert.Equal("2", all.Single(entry => entry.Digest == two).Annotations["number"]);
        Assert.Equal(!hasList, world.Registry.Manifests.ContainsKey($"team/app:{RegistryClient.ReferrersTag(subject)}"));
        Assert.Empty(await client.ReferrersAsync(Digest.Sha256("nothing"u8), null, default));
    }

    [Fact]
    public async Task Attaching_at_the_same_time_loses_nothing()
    {
        using var world = new RegistryWorld();
        var subject = world.Serve("team/app", "1.0");
        world.Options = world.Options with { Time = TimeProvider.System };
        using var network = new RegistryNetwork(world.Options);
        var client = network.Open(world.Reference("team/app"));

        var attached = await Task.WhenAll(Enumerable.Range(0, 5).Select(number =>
            AttachAsync(client, world, subject, "application/vnd.example.sbom", number)));

        var listed = await client.ReferrersAsync(subject, null, default);
        Assert.Equal(attached.Order(), listed.Select(entry => entry.Digest).Order());
    }

    [Fact]
    public async Task Tag_that_is_no_list_is_not_overwritten()
    {
        using var world = new RegistryWorld();
        var subject = world.Serve("team/app", "1.0");
        world.Serve("team/app", RegistryClient.ReferrersTag(subject), seed: 2);
        using var network = new RegistryNetwork(world.Options);
        var client = network.Open(world.Reference("team/app"));

        var error = await Assert.ThrowsAsync<ProblemException>(() => AttachAsync(client, world, subject, "application/vnd.example.sbom", 1));

        Assert.Equal("NUA3624", error.Problems[0].Code);
        Assert.Empty(await client.ReferrersAsync(subject, null, default));
    }

    [Fact]
    public async Task Tags_are_listed_over_all_pages()
    {
        using var world = new RegistryWorld();
        world.Registry.PageSize = 2;
        for (var i = 0; i < 5; i++)
        {
            world.Serve("team/app", $"1.{i}");
        }

        using var network = new RegistryNetwork(world.Options);
        Assert.Equal(["1.0", "1.1", "1.2", "1.3", "1.4"], await network.Open(world.Reference("team/app")).TagsAsync(default));
    }

    private static async Task<Digest> AttachAsync(RegistryClient client, RegistryWorld world, Digest subject, string type, int number)
    {
        await client.PutBlobAsync(_empty, "{}"u8.ToArray(), default);
        var (_, bytes) = world.Registry.Manifests[$"team/app@{subject}"];
        var manifest = new ImageManifest(_empty, [_empty])
        {
            ArtifactType = type,
            Subject = new Descriptor(MediaTypes.Manifest, subject, bytes.Length),
            Annotations = new SortedDictionary<string, string> { ["number"] = $"{number}" },
        };
        return await client.AttachAsync(MediaTypes.Manifest, manifest.ToBytes(), default);
    }
}
