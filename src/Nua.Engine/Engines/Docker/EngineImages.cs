using System.IO.Pipelines;
using Docker.DotNet;
using Docker.DotNet.Models;
using Nua.Oci;
using Nua.Oci.Archives;

namespace Nua.Engine.Engines.Docker;

/// <summary>Brings images of the store to the engine. An engine knows an image by the digest of its config, which is the same everywhere.</summary>
internal static class EngineImages
{
    /// <summary>What to create containers from.</summary>
    public static string IdOf(Image image) => image.Manifest.Config.Digest.ToString();

    /// <summary>Loads the image unless it is there. Nothing is written to the disk on the way.</summary>
    public static async Task EnsureAsync(DockerClient client, Image image, string name, CancellationToken cancel)
    {
        try
        {
            await client.Images.InspectImageAsync(IdOf(image), cancel);
        }
        catch (DockerImageNotFoundException)
        {
            var pipe = new Pipe();
            var writing = Task.Run(
                () =>
                {
                    try
                    {
                        using var stream = pipe.Writer.AsStream();
                        DockerArchiveWriter.Write(image, [name], stream, cancel);
                    }
                    catch (Exception failure)
                    {
                        pipe.Writer.Complete(failure);
                        throw;
                    }
                },
                cancel);
            await client.Images.LoadImageAsync(new ImageLoadParameters { Quiet = true }, pipe.Reader.AsStream(), new Progress<JSONMessage>(), cancel);
            await writing;
            await client.Images.InspectImageAsync(IdOf(image), cancel);
        }
    }
}
