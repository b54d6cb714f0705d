using Docker.DotNet;
using Docker.DotNet.Models;
using Nua.Oci;
using Nua.Oci.Tar;

namespace Nua.Engine.Engines.Docker;

/// <summary>An image with nothing but the agent, for gates: they outlive the application's image.</summary>
internal static class GateImage
{
    public const string Program = "/nua-agent";

    /// <returns>Its name; made when the engine does not have it.</returns>
    public static async Task<string> EnsureAsync(DockerClient client, string agent, CancellationToken cancel)
    {
        var content = await File.ReadAllBytesAsync(agent, cancel);
        // The content is in the name, not in the tag: Podman's import knows no tags.
        var repository = $"localhost/nua-gate-{Digest.Sha256(content).Encoded[..12]}";
        var name = $"{repository}:latest";
        try
        {
            await client.Images.InspectImageAsync(name, cancel);
            return name;
        }
        catch (DockerImageNotFoundException)
        {
            using var root = new MemoryStream();
            using (var tar = new TarWriter(root))
            {
                tar.Write(new TarEntry(Program.TrimStart('/'), TarEntryType.File) { Mode = 0x1ED, Size = content.Length }, content);
                tar.Complete();
            }

            root.Position = 0;
            await client.Images.CreateImageAsync(
                new ImagesCreateParameters { FromSrc = "-", Repo = repository, Tag = "latest" }, root, null, new Progress<JSONMessage>(), cancel);
            return name;
        }
    }
}
