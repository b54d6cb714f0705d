using Nua.Build.Steps;
using Xunit;

namespace Nua.Tests.Build.Steps;

public sealed class FailureHintTests
{
    [Theory]
    [InlineData(127, "", "build.packages")]
    [InlineData(1, "\n       sh: 1: gulp: not found", "build.packages")]
    [InlineData(2, "make: cc: command not found\n", "build.packages")]
    [InlineData(137, "", "memory")]
    [InlineData(1, "npm error code ERESOLVE\nnpm error ERESOLVE could not resolve", "legacy-peer-deps")]
    [InlineData(1, "npm error code ETARGET\nnpm error notarget No matching version found for a@9.", ".npmrc")]
    [InlineData(1, "npm error code E404\nnpm error 404  'nosuch@*' is not in this registry.", ".npmrc")]
    [InlineData(1, "npm error `npm ci` can only install packages when your package.json", "npm install")]
    [InlineData(1, " ERR_PNPM_OUTDATED_LOCKFILE  Cannot install", "pnpm install")]
    [InlineData(1, "A.csproj : error NU1101: Unable to find package Nope.", "nuget.config")]
    [InlineData(1, "ERROR: No matching distribution found for nope==1", "pip.conf")]
    [InlineData(1, "a.c:1:10: fatal error: ffi.h: No such file or directory", "-dev")]
    [InlineData(1, "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", "max-old-space-size")]
    [InlineData(1, "Error: getaddrinfo EAI_AGAIN x.example", "build.network")]
    [InlineData(1, "fatal: unable to access: Could not resolve host: x.example", "build.network")]
    public void Known_failure_has_a_way_on(int status, string output, string remedy) =>
        Assert.Contains(remedy, FailureHint.Find(status, output, network: false), StringComparison.Ordinal);

    [Theory]
    [InlineData("Module not found: Error: Can't resolve './x' in '/nua/build/src'")]
    [InlineData("src/a.ts(1,1): error TS2307: Cannot find module 'x'; it was not found in the list")]
    [InlineData("")]
    public void Other_failures_have_no_wrong_one(string output) => Assert.Null(FailureHint.Find(1, output, network: false));

    [Fact]
    public void Step_with_network_is_not_told_to_allow_it() => Assert.Null(FailureHint.Find(1, "getaddrinfo EAI_AGAIN x.example", network: true));
}
