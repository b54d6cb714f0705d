using Nua.Acceptance.Running;

namespace Nua.Acceptance.Judges;

/// <summary>Independent tools that look at an image layout and say whether it is right. Each throws with the tool's own words.</summary>
public static class Judge
{
    private const string CycloneDxScript = """
        const { Validation, Spec } = require('@cyclonedx/cyclonedx-library');
        const text = require('fs').readFileSync(process.argv[1], 'utf8');
        new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text).then(found => {
          if (found !== null) { console.error(JSON.stringify(found, null, 1)); process.exit(1); }
        });
        """;

    /// <summary>The reference implementation of image-spec.</summary>
    public static async Task OciImageToolAsync(string layout, string tag) =>
        (await new Shell("oci-image-tool").With("validate", "--type", "image", "--ref", $"name={tag}", layout).RunAsync()).Expect(0);

    /// <summary>Copies, and so re-hashes, every blob; returns the digest that skopeo computes for the manifest.</summary>
    public static async Task<string> SkopeoAsync(string layout, string tag)
    {
        using var folder = new TemporaryFolder();
        (await new Shell("skopeo").With("--insecure-policy", "copy", "--quiet", $"oci:{layout}:{tag}", $"oci:{folder["copy"]}:{tag}").RunAsync())
            .Expect(0);
        var raw = (await Shell.ScriptAsync($"skopeo inspect --raw oci:{folder["copy"]}:{tag} | sha256sum")).Expect(0);
        return "sha256:" + raw.Out[..64];
    }

    /// <summary>Unpacks to <paramref name="bundle"/>, which holds <c>rootfs</c> and <c>config.json</c> then.</summary>
    public static async Task UmociAsync(string layout, string tag, string bundle) =>
        (await new Shell("umoci").With("unpack", "--image", $"{layout}:{tag}", bundle).RunAsync()).Expect(0);

    /// <summary>The CycloneDX project's strict validator, version 1.6.</summary>
    public static async Task CycloneDxAsync(string sbomFile)
    {
        var modules = Environment.GetEnvironmentVariable("NUA_TEST_NPM")
            ?? throw new InvalidOperationException("NUA_TEST_NPM is not set: run the tests through ./test");
        (await new Shell("node").With("-e", CycloneDxScript, sbomFile).Set("NODE_PATH", Path.Combine(modules, "node_modules")).RunAsync())
            .Expect(0);
    }
}
