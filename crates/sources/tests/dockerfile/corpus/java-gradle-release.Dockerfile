FROM eclipse-temurin:21-jre-alpine
ARG JAR_FILE=build/libs/app-1.0.jar
COPY ${JAR_FILE} app.jar
COPY target/release/app-1.jar other.jar
ENTRYPOINT ["java","-jar","/app.jar"]
