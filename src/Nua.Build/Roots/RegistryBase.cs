using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Storage;
using Nua.Registry;
using Nua.Registry.Transfer;

namespace Nua.Build.Roots;

/// <summary>
/// A base image by registry reference. A tag is looked up once a day; in between, and when the registry cannot be reached, the build uses
/// what the store has, so it also works without a network. A digest is never looked up when the store has it.
/// </summary>
/// <remarks>The record <c>builds/pulled-HASH</c>, HASH over the reference and the platform, is <c>DIGEST SECONDS</c>: the manifest of the platform, and when
/// the registry last said that the tag leads to it.</remarks>
internal sealed class RegistryBase(BuildSession session, Platform platform)
{
    private static readonly TimeSpan _fresh = TimeSpan.FromDays(1);

    /// <exception cref="ProblemException">NUA36xx the registry, NUA3011 no such platform; never for a network that is away when the store has
    /// the image.</exception>
    public async Task<Image> OpenAsync(ImageReference reference)
    {
        var key = "pulled-" + Hash($"{reference}\0{platform}");
        var known = Known(key);
        if (known is { } kept && !session.Request.NoCache
            && (reference.Digest is not null || IsFresh(session.Request.Clock.GetUtcNow() - kept.Asked)))
        {
            return kept.Image;
        }

        try
        {
            return await PullAsync(reference, key);
        }
        catch (ProblemException error) when (known is not null && error.ExitCode == RegistryExit.TryLater)
        {
            session.Report(new BuildEvent.ProblemFound(new Problem(
                "NUA2217", $"the registry could not be asked for '{Printable.Escape(reference.ToString(), 200)}'; the build uses the image it had before")
            {
                Severity = Severity.Warning,
                Why = string.Join("; ", error.Problems.Select(p => p.Why is null ? p.What : $"{p.What}: {p.Why}")),
                Where = known.Value.Image.Digest.ToString(),
            }));
            return known.Value.Image;
        }
    }

    /// <summary>An answer of the future says that the clock was set back: it would stay fresh until the clock is there again.</summary>
    private static bool IsFresh(TimeSpan age) => age >= TimeSpan.Zero && age < _fresh;

    private async Task<Image> PullAsync(ImageReference reference, string key)
    {
        session.Note($"pulling {Printable.Escape(reference.ToString(), 200)}");
        using var network = new RegistryNetwork(session.Request.Registries with
        {
            Tell = problem => session.Report(new BuildEvent.ProblemFound(problem)),
        });
        var pulled = await RegistryPull.IntoAsync(
            network, session.Store, reference,
            new PullOptions { Platform = platform, Names = [$"nua-base-{key[7..19]}:pulled"] }, session.Cancel);
        var asked = session.Request.Clock.GetUtcNow().ToUnixTimeSeconds();
        session.Store.WriteRecord(RecordKind.Builds, key, Encoding.ASCII.GetBytes($"{pulled.Root.Digest} {asked.ToString(CultureInfo.InvariantCulture)}"));
        return session.Store.OpenImage(pulled.Root, platform);
    }

    /// <summary>What an earlier build pulled, when all of it is still there.</summary>
    private (Image Image, DateTimeOffset Asked)? Known(string key)
    {
        var parts = session.Store.ReadRecord(RecordKind.Builds, key) is { } record ? Encoding.ASCII.GetString(record).Split(' ') : [];
        if (parts is not [var text, var time] || !Digest.TryParse(text, out var digest)
            || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var asked)
            || session.Store.Find(digest.ToString()) is not { } stored)
        {
            return null;
        }

        var image = session.Store.OpenImage(stored.Manifest, platform);
        return image.Manifest.Layers.All(layer => session.Writer.Holds(layer.Digest, layer.Size))
            ? (image, DateTimeOffset.FromUnixTimeSeconds(Math.Min(asked, 253402300799)))
            : null;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
