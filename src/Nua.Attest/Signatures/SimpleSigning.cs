using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Json;

namespace Nua.Attest.Signatures;

/// <summary>
/// What cosign's older form signs, "simple signing" (containers/image, docs/containers-signature.5.md): that somebody calls an image by a name.
/// </summary>
/// <param name="Image">Digest of the image's manifest.</param>
/// <param name="Name">What the signer calls it. A claim that is shown and not judged: an image keeps its signature in a mirror.</param>
public sealed record SimpleSigning(Digest Image, string Name)
{
    /// <summary>Largest payload that is read.</summary>
    public const int MaxBytes = 1 << 20;

    private const string Type = "cosign container image signature";

    private static readonly string[] _keys = ["critical", "optional"];
    private static readonly string[] _criticalKeys = ["identity", "image", "type"];
    private static readonly string[] _identityKeys = ["docker-reference"];
    private static readonly string[] _imageKeys = ["docker-manifest-digest"];

    /// <summary>The exact bytes that are signed.</summary>
    public byte[] ToBytes()
    {
        using var json = new CanonicalJson();
        json.Start();
        json.Start("critical");
        json.Start("identity");
        json.String("docker-reference", Name);
        json.End();
        json.Start("image");
        json.String("docker-manifest-digest", Image.ToString());
        json.End();
        json.String("type", Type);
        json.End();
        json.Start("optional");
        json.End();
        json.End();
        return json.ToBytes();
    }

    /// <exception cref="ProblemException">NUA3001–3005: not strict JSON, or not such a payload. Whatever <c>critical</c> holds must be understood;
    /// <c>optional</c> is passed over.</exception>
    public static SimpleSigning Parse(ReadOnlyMemory<byte> bytes, string where)
    {
        using var document = StrictJson.Parse(bytes, where, MaxBytes);
        var json = JsonObjectReader.Open(document.RootElement, where, _keys);
        var critical = json.OptionalObject("critical", _criticalKeys) ?? throw json.Invalid("critical", "it is missing");
        if (critical.String("type") != Type)
        {
            throw critical.Invalid("type", $"only '{Type}' is known");
        }

        if (critical.Unknown().Keys.FirstOrDefault() is { } unknown)
        {
            throw critical.Invalid(Printable.Escape(unknown, 60), "it is critical, and not known");
        }

        var image = critical.OptionalObject("image", _imageKeys) ?? throw critical.Invalid("image", "it is missing");
        var identity = critical.OptionalObject("identity", _identityKeys) ?? throw critical.Invalid("identity", "it is missing");
        return new SimpleSigning(Digest.Parse(image.String("docker-manifest-digest"), where), identity.String("docker-reference"));
    }
}
